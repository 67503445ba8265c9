// Package drive plays a recorded day of a real bank against a running box, as
// its customers, counters and hall screens would: through the public API, with
// nothing but a supervisor's token.
//
// Run is the whole of it. The day becomes a plan (plan.go); a player lets the
// plan's visits arrive (player.go) while one goroutine per recorded server is a
// counter (counters.go) and one per client a hall screen (screens.go). When
// everybody has left, the box's own log is read and compared with what was
// answered and what each screen saw (audit.go); the report's figures come from
// that log (report.go).
//
// The package must never reach around the API: it imports no package of the
// box but the wire types, and it knows nothing that a client could not know.
package drive
