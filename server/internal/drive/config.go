package drive

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/template"

	"handrail/server/internal/recorded"
)

// WriteConfig writes the branch of a recorded day as a configuration file: its
// services, and a counter per server with the services that it served. All
// durations that the drive lives through are divided by speed, so that the
// rules see the day as it was.
func WriteConfig(w io.Writer, day recorded.Day, speed int) error {
	if err := checkSpeed(speed); err != nil {
		return err
	}
	return branchFile.Execute(w, newBranch(day, speed))
}

// names gives the record's services and servers the ids of a configuration.
type names struct{ services []string }

func newNames(day recorded.Day) *names { return &names{services: servicesOf(day)} }

func (n *names) service(recorded string) string {
	return fmt.Sprintf("service-%d", 1+slices.Index(n.services, recorded))
}

func (n *names) serviceIDs() []string {
	var ids []string
	for _, s := range n.services {
		ids = append(ids, n.service(s))
	}
	return ids
}

func (n *names) counter(server int) string { return fmt.Sprintf("counter-%d", server+1) }

// branchData fills the template.
type branchData struct {
	Date     string
	Speed    int
	Services []serviceData
	Counters []counterData
	Minutes  func(recorded float64) string
}

type serviceData struct{ ID, Prefix, Label, Minutes string }

type counterData struct{ ID, Label, Services string }

func newBranch(day recorded.Day, speed int) branchData {
	names, typical := newNames(day), medians(day)
	scaled := func(minutes float64) string { return minutesText(minutes / float64(speed)) }
	b := branchData{Date: day.Date, Speed: speed, Minutes: scaled}
	for n, s := range names.services {
		b.Services = append(b.Services, serviceData{
			ID: names.service(s), Prefix: prefix(n), Label: label(s), Minutes: scaled(typical[s].Minutes()),
		})
	}
	for n, s := range day.Servers {
		var offered []string
		for _, service := range names.services {
			if offers(day, s, service) {
				offered = append(offered, names.service(service))
			}
		}
		b.Counters = append(b.Counters, counterData{ID: names.counter(n), Label: label(s.Name), Services: strings.Join(offered, ", ")})
	}
	return b
}

// minutesText writes minutes with the three decimals that count, at least the
// smallest duration that a configuration may have.
func minutesText(minutes float64) string {
	return fmt.Sprintf("%.3f", max(0.001, math.Round(minutes*1000)/1000))
}

// prefix returns the n-th ticket prefix: A to Z, then AA to ZZ.
func prefix(n int) string {
	if n < 26 {
		return string(rune('A' + n))
	}
	return string(rune('A'+n/26-1)) + string(rune('A'+n%26))
}

// label returns a recorded name as a quoted label.
func label(name string) string {
	shown := []rune(strings.Map(printable, name))
	return fmt.Sprintf("%q", string(shown[:min(len(shown), 20)]))
}

// printable drops everything but plain letters, digits and punctuation.
func printable(r rune) rune {
	if r < ' ' || r > '~' {
		return -1
	}
	return r
}

var branchFile = template.Must(template.New("branch").Parse(`# The branch of the recorded day {{.Date}}, all times divided by {{.Speed}}.
id: recorded-{{.Date}}
name: {zh-CN: 录制日 {{.Date}}, en: Recorded day {{.Date}}}
hours: always
dayEnd: carry-over

services:
{{- range .Services}}
  - {id: {{.ID}}, prefix: {{.Prefix}}, name: {zh-CN: {{.Label}}, en: {{.Label}}}, minutes: {{.Minutes}}}
{{- end}}

zones:
  - {id: main, name: {zh-CN: 大厅, en: Hall}, speaker: {device: speaker}}
halls:
  - {id: hall-1, zone: main}
kiosks:
  - {id: kiosk-1, name: {zh-CN: 自助机, en: Kiosk}, zone: main}
devices:
  - {id: speaker, kind: speaker, driver: sim, place: hall-1}

counters:
{{- range .Counters}}
  - {id: {{.ID}}, name: {zh-CN: {{.Label}}, en: {{.Label}}}, zone: main, services: [{{.Services}}]}
{{- end}}

classes:
  urgent: {targetMinutes: {{call .Minutes 1.0}}}
  caring: {targetMinutes: {{call .Minutes 15.0}}}
  ordinary: {targetMinutes: {{call .Minutes 30.0}}}
awayMinutes: {{call .Minutes 15.0}}
graceMinutes: {{call .Minutes 5.0}}
relaxMinutes: {{call .Minutes 10.0}}
`))
