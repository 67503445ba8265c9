package app

import (
	"errors"
	"fmt"
	"io"
	"os"

	"handrail/server/internal/eventlog"
)

// childCommand is the hidden first argument under which the program checks one
// file of a data folder and ends: reading a torn file can hang or fault beyond
// recovery, so it is done in a process of its own.
const childCommand = "check-file"

// Child does the hidden command if args, those of the process, ask for it, and
// ends the process; otherwise it returns.
func Child(args []string, out io.Writer) {
	if len(args) > 1 && args[1] == childCommand {
		os.Exit(eventlog.CheckMain(args[2:], out))
	}
}

// storeOptions lets the store check files in a child of this program.
func storeOptions() (eventlog.Options, error) {
	program, err := os.Executable()
	if err != nil {
		return eventlog.Options{}, fmt.Errorf("the program cannot find itself: %w", err)
	}
	return eventlog.Options{Checker: []string{program, childCommand}}, nil
}

// Restore unpacks a backup file into an empty or absent data folder.
func Restore(data, file string) error {
	options, err := storeOptions()
	if err != nil {
		return err
	}
	backup, err := os.Open(file)
	if err != nil {
		return err
	}
	return errors.Join(eventlog.Restore(data, backup, options), backup.Close())
}
