package recorded

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The columns of the file.
const (
	colExchange = iota
	colCall
	colCustomer
	colPriority
	colType
	colDate
	colMenuEntry
	colMenuExit
	colMenuTime
	colQueueStart
	colQueueExit
	colQueueTime
	colOutcome
	colServiceStart
	colServiceExit
	colServiceTime
	colServer
	columns
)

// header is the first line of the file.
const header = "vru+line\tcall_id\tcustomer_id\tpriority\ttype\tdate\tvru_entry\tvru_exit\tvru_time\t" +
	"q_start\tq_exit\tq_time\toutcome\tser_start\tser_exit\tser_time\tserver"

// The outcomes, and the name that stands for nobody.
const (
	agent    = "AGENT"
	hang     = "HANG"
	phantom  = "PHANTOM"
	noServer = "NO_SERVER"
)

// parseCall reads the fields of a line; the error says what is wrong with it.
func parseCall(line int, fields []string) (Call, error) {
	class, err := parseClass(fields[colPriority])
	if err != nil {
		return Call{}, err
	}
	menu, err := parseClock(fields[colMenuEntry])
	if err != nil {
		return Call{}, fmt.Errorf("menu: %w", err)
	}
	queue, err := parseSpan(fields[colQueueStart:], menu)
	if err != nil {
		return Call{}, fmt.Errorf("queue: %w", err)
	}
	service, err := parseSpan(fields[colServiceStart:], menu)
	if err != nil {
		return Call{}, fmt.Errorf("service: %w", err)
	}
	c := Call{
		Line:    line,
		ID:      fields[colExchange] + "-" + fields[colCall],
		Class:   class,
		Service: fields[colType],
		At:      service.from,
		Queued:  queue.length(),
		GaveUp:  fields[colOutcome] == hang,
	}
	if c.Queued > 0 {
		c.At = queue.from
	}
	if !c.GaveUp {
		c.Server, c.Begin, c.End = fields[colServer], service.from, service.to
	}
	return c, nil
}

// contradiction says why a call that was served cannot have been, "" when it
// can.
func contradiction(c Call) string {
	switch {
	case c.Begin == 0 && c.End == 0:
		return "served without a time of service"
	case c.Begin < c.At:
		return "served before queueing"
	case c.Server == "" || c.Service == "":
		return "served without a server or a type"
	}
	return ""
}

func parseClass(priority string) (Class, error) {
	switch priority {
	case "0", "1":
		return Ordinary, nil
	case "2":
		return Caring, nil
	}
	return "", errors.New("unknown priority")
}

// span is a stretch of the day.
type span struct{ from, to time.Duration }

func (s span) length() time.Duration { return s.to - s.from }

// parseSpan reads a start, an exit and their difference in seconds from the
// first three of fields; three zeros are the zero span. Near is a moment of the
// same call: a clock more than half a day before it is the next day's.
func parseSpan(fields []string, near time.Duration) (span, error) {
	start, err := parseClock(fields[0])
	if err != nil {
		return span{}, err
	}
	exit, err := parseClock(fields[1])
	if err != nil {
		return span{}, err
	}
	seconds, err := strconv.Atoi(fields[2])
	if err != nil {
		return span{}, errors.New("not a number of seconds")
	}
	if start == 0 && exit == 0 && seconds == 0 {
		return span{}, nil
	}
	s := span{from: unwrap(start, near), to: unwrap(exit, near)}
	if s.length() != time.Duration(seconds)*time.Second || seconds < 0 {
		return span{}, errors.New("start, exit and time contradict one another")
	}
	return s, nil
}

// unwrap returns t, a day later when it is more than half a day before near.
func unwrap(t, near time.Duration) time.Duration {
	const day = 24 * time.Hour
	if t < near-day/2 {
		return t + day
	}
	return t
}

// parseClock reads "9:03:51" as the time since midnight.
func parseClock(text string) (time.Duration, error) {
	parts := strings.Split(text, ":")
	if len(parts) != 3 {
		return 0, errors.New("not a time of the day")
	}
	var seconds int
	for i, limit := range [...]int{24, 60, 60} {
		n, err := strconv.Atoi(parts[i])
		if err != nil || n < 0 || n >= limit {
			return 0, errors.New("not a time of the day")
		}
		seconds = seconds*60 + n
	}
	return time.Duration(seconds) * time.Second, nil
}
