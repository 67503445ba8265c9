package branch

import "fmt"

// Record is an event as it is stored: Data is the encoded envelope, which the
// log does not look into.
type Record struct {
	Seq  uint64
	Data []byte
}

// LogFile is one file of the log; First and Last are the sequence numbers of
// its first and last record.
type LogFile struct {
	// Name is the path below the data folder, "log/2026-11.db".
	Name        string
	First, Last uint64
}

// Room is what the log can still take, in bytes.
type Room struct {
	// Disk is free on the disk, Total its size.
	Disk, Total int64
	// File is how far the current file can still grow before it meets a fence,
	// its own free pages included.
	File int64
}

// Damage says which part of the data folder cannot be trusted.
type Damage struct {
	// File is the path below the data folder.
	File string
	// Seq is the record concerned; zero when the whole file is.
	Seq uint64
	// Problem is half a sentence: "its checksum is wrong".
	Problem string
}

// Error names the file, the record and the problem.
func (d *Damage) Error() string {
	if d.Seq == 0 {
		return fmt.Sprintf("%s is damaged: %s", d.File, d.Problem)
	}
	return fmt.Sprintf("%s is damaged at record %d: %s", d.File, d.Seq, d.Problem)
}
