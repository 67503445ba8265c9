package drive

import (
	"errors"
	"fmt"
	"io"
)

// Options say which day is played, how fast, and where.
type Options struct {
	// Recorded is a file of recorded calls, tab separated, gzipped when its name
	// ends in .gz.
	Recorded string
	// Day is the recorded day to play, as YYMMDD.
	Day string
	// Speed divides all times of the record, 1 to 3600.
	Speed int
	// URL is the address of the running box, "http://127.0.0.1:8080".
	URL string
	// Token is a supervisor's token.
	Token string
	// Clients is the number of live hall screens, 0 to 10,000.
	Clients int
	// Progress takes the progress line; nil: none.
	Progress io.Writer
}

// check returns what is wrong with the options, in a sentence.
func (o Options) check() error {
	if o.Token == "" {
		return errors.New("a supervisor's token is needed: server token create --role supervisor")
	}
	if err := checkSpeed(o.Speed); err != nil {
		return err
	}
	if o.Clients < 0 || o.Clients > 10_000 {
		return fmt.Errorf("the number of clients is 0 to 10000, not %d", o.Clients)
	}
	return nil
}

func checkSpeed(speed int) error {
	if speed < 1 || speed > 3600 {
		return fmt.Errorf("the speed is 1 to 3600, not %d", speed)
	}
	return nil
}
