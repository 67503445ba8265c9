package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"handrail/config"
	"handrail/server/internal/app"
)

// version is that of this source; CHANGELOG.md says what is in it.
const version = "0.1.0"

// cli is every command with its flags.
type cli struct {
	Serve   serveCmd   `cmd:"" default:"withargs" help:"Run the branch box (the default)."`
	Config  configCmd  `cmd:"" help:"Check a configuration, or print its schema."`
	Token   tokenCmd   `cmd:"" help:"Make, list and revoke tokens."`
	Events  eventsCmd  `cmd:"" help:"Print the log as JSON lines."`
	Backup  backupCmd  `cmd:"" help:"Write a backup of a running or stopped box."`
	Restore restoreCmd `cmd:"" help:"Restore a backup into an empty data folder."`
	Verify  verifyCmd  `cmd:"" help:"Replay the log and compare it with every snapshot."`
	Health  healthCmd  `cmd:"" help:"Say whether the box of a data folder is ready."`
	Drive   driveCmd   `cmd:"" help:"Play a recorded day against a running box."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

// dataFlag is the data folder, the same for every command that needs it.
type dataFlag struct {
	Data string `help:"Data folder of the box (${default})." default:"data" type:"path" placeholder:"DIR"`
}

type serveCmd struct {
	dataFlag `embed:""`
	Listen   string `help:"Address to listen on (${default}); loopback only, until the box speaks TLS." default:"127.0.0.1:8080" placeholder:"ADDR"`
	Config   string `help:"Configuration of the branch; without it the one in force, in a new data folder the demo branch." type:"existingfile" placeholder:"FILE"`
	WebDir   string `help:"Serve the screens from this folder instead of the built-in ones." type:"existingdir" placeholder:"DIR"`
}

// Help is shown by "serve --help".
func (serveCmd) Help() string {
	return `Examples:
  server                                     the demo branch on http://127.0.0.1:8080
  server --config branch.yaml --data /var/lib/handrail
  server --listen 127.0.0.1:9000`
}

// Run serves until the context ends.
func (c serveCmd) Run(ctx context.Context, to streams) error {
	return app.Serve(ctx, app.Config{
		Data: c.Data, Listen: c.Listen, ConfigFile: c.Config, WebDir: c.WebDir, Version: version,
		Log: slog.New(slog.NewJSONHandler(to.err, nil)),
	}, to.out)
}

type configCmd struct {
	Check  configCheckCmd  `cmd:"" help:"Say what is wrong with a configuration file, with line and column."`
	Schema configSchemaCmd `cmd:"" help:"Print the JSON Schema of the configuration."`
}

// Help is shown by "config --help".
func (configCmd) Help() string {
	return `Examples:
  server config check branch.yaml
  server config schema > branch.schema.json`
}

type configCheckCmd struct {
	File string `arg:"" help:"Configuration file." type:"existingfile"`
}

// Help is shown by "config check --help".
func (configCheckCmd) Help() string {
	return `Example:
  server config check branch.yaml`
}

// Run prints each problem on a line.
func (c configCheckCmd) Run(to streams) error {
	data, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	_, problems := config.Parse(c.File, data)
	for _, p := range problems {
		fmt.Fprintln(to.out, p.Error())
	}
	if len(problems) > 0 {
		return fmt.Errorf("%s: %d problems", c.File, len(problems))
	}
	fmt.Fprintf(to.out, "%s: good\n", c.File)
	return nil
}

type configSchemaCmd struct{}

// Help is shown by "config schema --help".
func (configSchemaCmd) Help() string {
	return `Example:
  server config schema > branch.schema.json`
}

// Run prints the schema.
func (configSchemaCmd) Run(to streams) error {
	_, err := to.out.Write(config.Schema())
	return err
}

type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Make a token; it is shown once."`
	List   tokenListCmd   `cmd:"" help:"List the tokens in force."`
	Revoke tokenRevokeCmd `cmd:"" help:"End a token at once."`
}

// Help is shown by "token --help".
func (tokenCmd) Help() string {
	return `Examples:
  server token create --role kiosk --place kiosk-1
  server token list
  server token revoke t_01JD3W0000000000000000000A`
}

type tokenCreateCmd struct {
	dataFlag `embed:""`
	Role     string `help:"What it may do: ${enum}." enum:"kiosk,hall,counter,pager,supervisor,it" required:"" placeholder:"ROLE"`
	Place    string `help:"Its kiosk, hall or counter, or the person of a pager." placeholder:"ID"`
	Note     string `help:"What it is for." placeholder:"TEXT"`
}

// Help is shown by "token create --help".
func (tokenCreateCmd) Help() string {
	return `Examples:
  server token create --role supervisor --note "duty manager"
  server token create --role kiosk --place kiosk-1`
}

// Run prints the token alone on a line, so that scripts can use it.
func (c tokenCreateCmd) Run(ctx context.Context, to streams) error {
	return withBox(ctx, c.Data, func(box *app.Remote) error {
		token, err := box.CreateToken(ctx, c.Role, c.Place, c.Note)
		if err != nil {
			return err
		}
		fmt.Fprintf(to.err, "%s  %s %s (shown once)\n", token.ID, token.Role, token.Place)
		fmt.Fprintln(to.out, token.Token)
		return nil
	})
}

type tokenListCmd struct {
	dataFlag `embed:""`
}

// Help is shown by "token list --help".
func (tokenListCmd) Help() string {
	return `Example:
  server token list --data /var/lib/handrail`
}

// Run prints a token a line.
func (c tokenListCmd) Run(ctx context.Context, to streams) error {
	return withBox(ctx, c.Data, func(box *app.Remote) error {
		tokens, err := box.Tokens(ctx)
		for _, t := range tokens {
			fmt.Fprintf(to.out, "%s  %-10s  %-12s  %s\n", t.ID, t.Role, t.Place, t.Note)
		}
		return err
	})
}

type tokenRevokeCmd struct {
	dataFlag `embed:""`
	ID       string `arg:"" help:"Id of the token, as listed."`
}

// Help is shown by "token revoke --help".
func (tokenRevokeCmd) Help() string {
	return `Every session of the token ends with it, and every live connection within a second.

Example:
  server token revoke t_01JD3W0000000000000000000A`
}

// Run ends the token.
func (c tokenRevokeCmd) Run(ctx context.Context) error {
	return withBox(ctx, c.Data, func(box *app.Remote) error { return box.RevokeToken(ctx, c.ID) })
}

type eventsCmd struct {
	dataFlag `embed:""`
	After    string `help:"Begin after this cursor, as the box gave it; empty: the beginning." placeholder:"CURSOR"`
	URL      string `help:"Read from a running box over HTTP with --token instead of from the data folder." placeholder:"URL"`
	Token    string `help:"Supervisor token for --url." env:"HANDRAIL_TOKEN" placeholder:"TOKEN"`
}

// Help is shown by "events --help".
func (eventsCmd) Help() string {
	return `The data folder answers what branch IT may see: devices, slips, configuration,
access, days and the clock. With a supervisor token the whole log is read.

Examples:
  server events --after k3f9a2b7.120
  server events --url http://127.0.0.1:8080 --token "$TOKEN"`
}

// Run prints an event a line until there are no more.
func (c eventsCmd) Run(ctx context.Context, to streams) error {
	if c.URL != "" {
		return printEvents(ctx, app.Dial(c.URL, c.Token), c.After, to.out)
	}
	return withBox(ctx, c.Data, func(box *app.Remote) error {
		return printEvents(ctx, box, c.After, to.out)
	})
}

func printEvents(ctx context.Context, box *app.Remote, after string, out io.Writer) error {
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	for {
		list, err := box.Events(ctx, after)
		if err != nil {
			return err
		}
		if len(list.Events) == 0 && list.Cursor == after {
			return nil
		}
		for _, event := range list.Events {
			if err := lines.Encode(event); err != nil {
				return err
			}
		}
		after = list.Cursor
	}
}

type backupCmd struct {
	dataFlag `embed:""`
	File     string `arg:"" help:"File to write; it must not exist." type:"path"`
}

// Help is shown by "backup --help".
func (backupCmd) Help() string {
	return `Example:
  server backup --data /var/lib/handrail branch-2026-11-23.tar`
}

// Run writes the backup beside its name first, so that a file of that name is
// always whole.
func (c backupCmd) Run(ctx context.Context, to streams) error {
	return withBox(ctx, c.Data, func(box *app.Remote) error {
		return writeWhole(c.File, func(w io.Writer) error { return box.Backup(ctx, w) })
	})
}

type restoreCmd struct {
	dataFlag `embed:""`
	File     string `arg:"" help:"Backup to restore." type:"existingfile"`
}

// Help is shown by "restore --help".
func (restoreCmd) Help() string {
	return `The box must be stopped and the data folder empty or absent. The restored log
has a new id, so every screen starts afresh.

Example:
  server restore --data /var/lib/handrail branch-2026-11-23.tar`
}

// Run restores the backup.
func (c restoreCmd) Run() error { return app.Restore(c.Data, c.File) }

type verifyCmd struct {
	dataFlag `embed:""`
}

// Help is shown by "verify --help".
func (verifyCmd) Help() string {
	return `Works beside a running box and on a stopped one. Each fault is named by its file
and event.

Example:
  server verify --data /var/lib/handrail`
}

// Run prints the report; a fault is an error.
func (c verifyCmd) Run(ctx context.Context, to streams) error {
	return withBox(ctx, c.Data, func(box *app.Remote) error {
		report, err := box.Verify(ctx)
		if err != nil {
			return err
		}
		for _, f := range report.Files {
			fmt.Fprintf(to.out, "%s  events %d to %d\n", f.Name, f.First, f.Last)
		}
		for _, f := range report.Faults {
			fmt.Fprintf(to.out, "%s  event %d  %s\n", f.File, f.Seq, f.Message)
		}
		if !report.OK {
			return fmt.Errorf("%d faults found", len(report.Faults))
		}
		fmt.Fprintf(to.out, "%d events: files, heads and the live state agree\n", report.Events)
		return nil
	})
}

type healthCmd struct {
	dataFlag `embed:""`
}

// Help is shown by "health --help".
func (healthCmd) Help() string {
	return `Ends with an error when the box does not run or is not ready.

Example:
  server health --data /var/lib/handrail`
}

// Run asks a running box only: it must never open the data folder itself.
func (c healthCmd) Run(ctx context.Context, to streams) error {
	if err := app.DialSocket(c.Data).Ready(ctx); err != nil {
		return err
	}
	_, err := fmt.Fprintln(to.out, "ready")
	return err
}

type versionCmd struct{}

// Help is shown by "version --help".
func (versionCmd) Help() string {
	return `Example:
  server version`
}

// Run prints the version.
func (versionCmd) Run(to streams) error {
	_, err := fmt.Fprintln(to.out, "handrail", version)
	return err
}

// withBox reaches the box of a data folder: the running one over its admin
// socket, or else the folder itself, opened for the time of one command.
func withBox(ctx context.Context, data string, do func(*app.Remote) error) error {
	box, done, err := app.Reach(ctx, app.Config{Data: data, Version: version, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	return errors.Join(do(box), done())
}

// writeWhole writes a file that appears only when it is whole.
func writeWhole(name string, write func(io.Writer) error) error {
	if _, err := os.Stat(name); err == nil {
		return fmt.Errorf("%s exists already", name)
	}
	part, err := os.OpenFile(name+".part", os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = errors.Join(write(part), part.Sync(), part.Close())
	if err == nil {
		err = os.Rename(part.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(part.Name()))
	}
	return nil
}
