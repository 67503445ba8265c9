package hub

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/gorilla/websocket"

	"handrail/server/internal/wire"
)

// bufferSize is for each direction of a connection; longer frames are written
// without being copied there.
const bufferSize = 1024

// Handler returns the handler of the live connection. The function client tells
// from the request who has connected; false is answered with 401. Origin must
// have been checked before.
//
// The request is read before the connection is taken over, and copied: a server
// may use its memory again for another client's request.
func (h *Hub) Handler(client func(*http.Request) (Client, bool)) http.Handler {
	upgrader := websocket.Upgrader{
		ReadBufferSize:  bufferSize,
		WriteBufferSize: bufferSize,
		Subprotocols:    []string{wire.Subprotocol},
		CheckOrigin:     func(*http.Request) bool { return true },
		Error: func(w http.ResponseWriter, _ *http.Request, _ int, err error) {
			refuse(w, wire.NewProblem("malformed", err.Error()))
		},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !slices.Contains(websocket.Subprotocols(r), wire.Subprotocol) {
			refuse(w, wire.NewProblem("malformed", "The live connection is a websocket that speaks "+wire.Subprotocol+"."))
			return
		}
		c, ok := client(r)
		if !ok {
			refuse(w, wire.NewProblem("unauthenticated", "Sign in first."))
			return
		}
		h.accept(w, r, &upgrader, c.clone())
	})
}

func (h *Hub) accept(w http.ResponseWriter, r *http.Request, upgrader *websocket.Upgrader, c Client) {
	if h.isClosed() {
		w.Header().Set("Retry-After", "1")
		refuse(w, wire.NewProblem("busy", "The box is going away."))
		return
	}
	taken := &corker{ResponseWriter: w}
	conn, err := upgrader.Upgrade(taken, r, c.Header)
	if err != nil {
		return // answered by upgrader.Error
	}
	if !h.start(newSocket(h, conn, taken.cork, c)) {
		_ = conn.Close()
	}
}

func (h *Hub) isClosed() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.closed
}

// clone returns a copy that shares no memory with the request, each topic once.
func (c Client) clone() Client {
	for _, field := range []*string{&c.Identity, &c.Session, &c.Token, &c.After, &c.Staff, &c.Mouth} {
		*field = strings.Clone(*field)
	}
	var topics []string
	for _, topic := range c.Topics {
		if !slices.Contains(topics, topic) {
			topics = append(topics, strings.Clone(topic))
		}
	}
	c.Topics = topics
	return c
}

// refuse answers a request that does not become a connection.
func refuse(w http.ResponseWriter, p wire.Problem) {
	body, _ := json.Marshal(p) // strings and numbers always have an encoding
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_, _ = w.Write(body)
}
