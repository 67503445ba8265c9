package app

import (
	"context"
	"io"
	"time"

	"handrail/config"
	"handrail/server/internal/branch"
	"handrail/server/internal/httpapi"
	"handrail/server/internal/wire"
)

// admin does what branch IT asks of the box itself; it implements httpapi.Admin.
type admin struct{ *App }

// Backup writes a backup of the running box.
func (a admin) Backup(ctx context.Context, to io.Writer) error {
	return a.store.Backup(contextWriter{ctx, to})
}

// contextWriter stops a long copy when nobody waits for it any more.
type contextWriter struct {
	ctx context.Context
	to  io.Writer
}

func (w contextWriter) Write(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.to.Write(p)
}

// Verify replays the log and compares it with every snapshot.
func (a admin) Verify(ctx context.Context) (wire.VerifyReport, error) {
	report, err := a.engine.Verify(ctx)
	if err != nil {
		return wire.VerifyReport{}, err
	}
	out := wire.VerifyReport{OK: report.Clean(), Events: report.Events, Files: []wire.VerifyFile{}, Faults: []wire.VerifyFault{}}
	for _, f := range a.store.Files() {
		out.Files = append(out.Files, wire.VerifyFile{Name: f.Name, First: f.First, Last: f.Last})
	}
	for _, d := range report.Differences {
		out.Faults = append(out.Faults, wire.VerifyFault{File: d.File, Seq: d.Seq, Message: d.Problem})
	}
	return out, nil
}

// testLimit is how long somebody who tests a device waits for it.
const testLimit = 20 * time.Second

// TestDevice lets a device prove that it works.
func (a admin) TestDevice(ctx context.Context, id branch.DeviceID) (wire.DeviceTest, error) {
	ctx, cancel := context.WithTimeout(ctx, testLimit)
	defer cancel()
	result, err := a.devices.Test(ctx, id)
	if err != nil {
		return wire.DeviceTest{}, err
	}
	return wire.DeviceTest{OK: result.OK, Health: string(result.Health), Reason: result.Why}, nil
}

// Paper returns what a virtual printer has printed.
func (a admin) Paper(_ context.Context, id branch.DeviceID) (httpapi.Picture, error) {
	svg, ok := a.devices.Paper(id)
	if !ok {
		return httpapi.Picture{}, branch.Refuse(branch.CodeNotFound, "There is no virtual printer of this name.")
	}
	return httpapi.Picture{Type: "image/svg+xml", Body: svg}, nil
}

// Config returns the configuration in force.
func (a admin) Config() wire.Config {
	set := a.set.Load()
	return wire.Config{Version: a.branch.version, Since: wire.Time(set.Config.Since.Time()), YAML: string(a.branch.yaml)}
}

// CheckConfig says what is wrong with a configuration.
func (a admin) CheckConfig(yaml []byte) wire.ConfigReport {
	report := wire.ConfigReport{Problems: []wire.ConfigProblem{}}
	_, problems := config.Parse("", yaml)
	for _, p := range problems {
		report.Problems = append(report.Problems, wire.ConfigProblem{
			Line: p.Line, Column: p.Column, Path: p.Path, Message: p.Message, Hint: p.Hint})
	}
	return report
}

// Tokens lists the tokens in force.
func (a admin) Tokens() []wire.Token {
	out := []wire.Token{}
	for _, t := range a.keeper.Model().Tokens() {
		place := string(t.Place)
		if t.Role == branch.RolePager {
			place = string(t.Staff)
		}
		out = append(out, wire.Token{ID: string(t.ID), Role: string(t.Role), Place: place,
			Note: t.Note, CreatedAt: wire.Time(t.CreatedAt.Time())})
	}
	return out
}
