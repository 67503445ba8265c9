package hub

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/gorilla/websocket"

	"handrail/server/internal/wire"
)

// frame is a message ready to be sent. One that goes to many sockets is
// prepared once and shared.
type frame struct {
	shared *websocket.PreparedMessage
	text   []byte
}

func (f frame) writeTo(conn *websocket.Conn) error {
	if f.shared != nil {
		return conn.WritePreparedMessage(f.shared)
	}
	return conn.WriteMessage(websocket.TextMessage, f.text)
}

// forMany prepares f for several sockets.
func (f frame) forMany() frame {
	shared, err := websocket.NewPreparedMessage(websocket.TextMessage, f.text)
	if err != nil {
		return f // sent without sharing
	}
	f.shared = shared
	return f
}

// message is any frame from server to client.
type message interface {
	wire.EventsFrame | wire.LiveFrame | wire.PageFrame | wire.SpeakFrame | wire.DoneFrame | wire.FailedFrame
}

// encode returns m as a frame. Messages are plain data; one that cannot be
// encoded holds raw JSON that is none, which is a bug of its maker.
func encode[M message](m M) frame {
	text, err := json.Marshal(m)
	if err != nil {
		panic("hub: a message that is not JSON: " + err.Error())
	}
	return frame{text: text}
}

// viewFrame is the encoding of wire.ViewFrame without reading a view of perhaps
// hundreds of kilobytes once more.
func viewFrame(topic, cursor string, view json.RawMessage) frame {
	text := make([]byte, 0, len(view)+len(topic)+len(cursor)+64)
	text = append(text, `{"type":"view","topic":`...)
	text = appendString(text, topic)
	text = append(text, `,"cursor":`...)
	text = appendString(text, cursor)
	text = append(text, `,"view":`...)
	text = append(text, view...)
	return frame{text: append(text, '}')}
}

func appendString(text []byte, s string) []byte {
	quoted, _ := json.Marshal(s) // a string always has an encoding
	return append(text, quoted...)
}

// cursor returns "<logId>.<seq>".
func (h *Hub) cursor(seq uint64) string {
	return h.source.LogID() + "." + strconv.FormatUint(seq, 10)
}

// parseCursor returns the sequence number of a cursor of this log, exactly as
// cursor writes it.
func (h *Hub) parseCursor(cursor string) (seq uint64, ok bool) {
	dot := strings.LastIndexByte(cursor, '.')
	if dot < 0 || cursor[:dot] != h.source.LogID() {
		return 0, false
	}
	seq, err := strconv.ParseUint(cursor[dot+1:], 10, 64)
	return seq, err == nil && h.cursor(seq) == cursor
}
