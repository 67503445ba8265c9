package wire

// Problem is a refusal, RFC 9457 with the contract's members.
type Problem struct {
	Type   string         `json:"type"`
	Code   string         `json:"code"`
	Title  string         `json:"title"`
	Status int            `json:"status"`
	Detail string         `json:"detail,omitempty"`
	Errors []ProblemField `json:"errors,omitempty"`
	State  string         `json:"state,omitempty"`
	// Allowed is there whenever State is, and empty when nothing is allowed any
	// more.
	Allowed []string `json:"allowed,omitzero"`
	By      string   `json:"by,omitempty"`
}

// ProblemField says what is wrong with one field.
type ProblemField struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// NewProblem returns the problem of a code of the contract, with the status and
// the title that the code has wherever it is told. A code that is not the
// contract's is a mistake of the box: 500.
func NewProblem(code, detail string) Problem {
	status, title := meaning(code)
	return Problem{Type: "urn:handrail:problem:" + code, Code: code, Title: title, Status: status, Detail: detail}
}

// meaning is the one table from codes to HTTP.
func meaning(code string) (status int, title string) {
	switch code {
	case "invalid":
		return 422, "A field is wrong"
	case "malformed":
		return 400, "The request cannot be read"
	case "unsupported-media-type":
		return 415, "The content type must be application/json"
	case "too-large":
		return 413, "The request is too large"
	case "unknown-service":
		return 422, "This branch has no such service"
	case "unknown-need":
		return 422, "This branch has no such need"
	case "unknown-reason":
		return 422, "This branch has no such reason"
	case "unknown-place":
		return 422, "This branch has no such place"
	case "unknown-language":
		return 422, "This branch has no such language"
	case "not-found":
		return 404, "Not found"
	case "method-not-allowed":
		return 405, "The method is not allowed here"
	case "unauthenticated":
		return 401, "Not signed in"
	case "forbidden":
		return 403, "Not allowed"
	case "wrong-state":
		return 409, "Not possible in this state"
	case "counter-busy":
		return 409, "The counter has a visit"
	case "counter-closed":
		return 409, "The counter is not open"
	case "taken":
		return 409, "Somebody else has taken it"
	case "id-reused":
		return 409, "The key was used for another request"
	case "branch-closed":
		return 409, "The branch is closed"
	case "misdirected":
		return 421, "This is not the host you asked for"
	case "too-many":
		return 429, "Too many requests"
	case "busy":
		return 503, "The box is busy"
	case "storage":
		return 503, "The disk cannot take it"
	default:
		return 500, "The box made a mistake"
	}
}
