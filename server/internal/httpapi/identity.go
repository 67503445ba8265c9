package httpapi

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"handrail/server/internal/access"
	"handrail/server/internal/branch"
)

// identify returns who sends the request: the token it bears, or else the
// session of the role it names, or of the only role that is signed in.
func (s *Server) identify(c *fiber.Ctx) (access.Identity, error) {
	named := branch.Role(namedRole(c))
	if token := bearer(c); token != "" {
		return s.fromToken(token, named)
	}
	if onAdminSocket(c.Context()) {
		return access.Identity{Actor: branch.Actor{Role: branch.RoleIT}}, nil
	}
	return s.fromCookies(c, named)
}

func (s *Server) fromToken(token string, named branch.Role) (access.Identity, error) {
	who, ok := s.Keeper.Authenticate(token)
	if !ok {
		return who, branch.Refuse(branch.CodeUnauthenticated, "The token is not valid.")
	}
	if named != "" && named != who.Actor.Role {
		return who, branch.Refuse(branch.CodeForbidden, "The token is for another role.")
	}
	return who, nil
}

func (s *Server) fromCookies(c *fiber.Ctx, named branch.Role) (access.Identity, error) {
	var signedIn []access.Identity
	for _, role := range branch.Roles() {
		who, ok := s.Keeper.FromCookie(c.Cookies(access.CookieName(role)), s.Now())
		if ok && who.Actor.Role == role && (named == "" || named == role) {
			signedIn = append(signedIn, who)
		}
	}
	switch len(signedIn) {
	case 1:
		return signedIn[0], nil
	case 0:
		return access.Identity{}, branch.Refuse(branch.CodeUnauthenticated, "Sign in first.")
	}
	var roles []string
	for _, who := range signedIn {
		roles = append(roles, string(who.Actor.Role))
	}
	return access.Identity{}, branch.Refuse(branch.CodeUnauthenticated,
		"Signed in as %s: name one with Handrail-Role.", strings.Join(roles, ", "))
}

// namedRole returns the role that the client wants to act in, if it says so. A
// websocket of a browser can only say it in its address.
func namedRole(c *fiber.Ctx) string {
	if role := c.Get("Handrail-Role"); role != "" {
		return role
	}
	return c.Query("as")
}

// bearer returns the token of the Authorization header. Any other scheme gives
// a token that is valid nowhere.
func bearer(c *fiber.Ctx) string {
	value := c.Get(fiber.HeaderAuthorization)
	scheme, token, _ := strings.Cut(value, " ")
	if strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token)
	}
	return value
}

func hasCookie(c *fiber.Ctx) bool { return len(c.Request().Header.Peek(fiber.HeaderCookie)) > 0 }
