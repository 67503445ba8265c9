package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"handrail/server/internal/drive"
)

type driveCmd struct {
	Recorded    string `help:"File of recorded calls, tab separated, plain or gzipped." type:"existingfile" required:"" placeholder:"FILE"`
	Day         string `help:"Day to play, as YYMMDD." required:"" placeholder:"DAY"`
	Speed       int    `help:"Divide all times by this, 1 to 3600 (${default})." default:"300" placeholder:"N"`
	URL         string `help:"Address of the running box (${default})." default:"http://127.0.0.1:8080" placeholder:"URL"`
	Token       string `help:"Supervisor token." env:"HANDRAIL_TOKEN" placeholder:"TOKEN"`
	Clients     int    `help:"Live hall screens to open, each from its own loopback address (${default})." default:"0" placeholder:"N"`
	JSON        bool   `help:"Print the report as JSON." name:"json"`
	WriteConfig string `help:"Write the branch configuration of that day to this file, and do nothing else." type:"path" placeholder:"FILE"`
}

// Help is shown by "drive --help".
func (driveCmd) Help() string {
	return `Plays a recorded day of a real queue against a running box, through its public
API only, and compares what happened with the box's log.

Example:
  server drive --recorded day.tsv.gz --day 990202 --speed 300 --write-config day.yaml
  server serve --config day.yaml --data day-data &
  export HANDRAIL_TOKEN=$(server token create --data day-data --role supervisor)
  server drive --recorded day.tsv.gz --day 990202 --speed 300 --clients 200`
}

// Run plays the day; anything lost or doubled is an error.
func (c driveCmd) Run(ctx context.Context, to streams) error {
	if c.WriteConfig != "" {
		return c.writeConfig()
	}
	report, err := drive.Run(ctx, drive.Options{
		Recorded: c.Recorded, Day: c.Day, Speed: c.Speed, URL: c.URL, Token: c.Token,
		Clients: c.Clients, Progress: to.err,
	})
	if err != nil {
		return err
	}
	write := report.Text
	if c.JSON {
		write = report.JSON
	}
	if err := write(to.out); err != nil {
		return err
	}
	if !report.OK() {
		return errors.New("the report shows faults")
	}
	return nil
}

func (c driveCmd) writeConfig() error {
	day, err := drive.LoadDay(c.Recorded, c.Day)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Recorded, err)
	}
	return writeWhole(c.WriteConfig, func(w io.Writer) error { return drive.WriteConfig(w, day, c.Speed) })
}
