package httpapi

import (
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"handrail/server/internal/access"
	"handrail/server/internal/branch"
	"handrail/server/internal/wire"
)

// cookieOutput is a 204 that sets or clears a session's cookie.
type cookieOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

func mountSession(s *Server) {
	huma.Register(s.api, describe(ruleOf(access.ActSignIn), "Exchange a token or a visit key for a session"),
		func(ctx context.Context, in *signInInput) (*cookieOutput, error) {
			return s.signIn(ctx, in.Body.Token)
		})
	huma.Register(s.api, describe(ruleOf(access.ActSignOut), "End the session"),
		func(ctx context.Context, _ *struct{}) (*cookieOutput, error) { return s.signOut(ctx, callOf(ctx)) })
	read(s, access.ActSession, "Say who is acting", func(_ context.Context, c *call) (wire.Session, error) {
		return s.acting(c.by), nil
	})
}

// acting describes an identity. A kiosk may show the key of a visit, but the
// visit is not who it is.
func (s *Server) acting(by branch.Actor) wire.Session {
	session := wire.Session{Role: string(by.Role), Place: string(by.Place), Staff: string(by.Staff)}
	if by.Role == branch.RoleVisit {
		session.Visit = string(by.Visit)
	}
	if zone, ok := s.Reads.ZoneOf(by.Place); ok {
		session.Zone = string(zone)
	}
	_, session.Speaks = s.Reads.Mouth(by.Place)
	return session
}

type signInInput struct {
	Body wire.SignIn
}

// Resolve refuses text that no token has.
func (in *signInInput) Resolve(huma.Context) []error {
	return foulFields(reflect.ValueOf(in.Body), "body")
}

// signIn begins a session for whoever has the secret: a token's, or the key of
// a visit, be it long over: then there is nothing to see.
func (s *Server) signIn(ctx context.Context, secret string) (*cookieOutput, error) {
	actor, err := s.owner(secret)
	if err != nil {
		return nil, s.refusal(ctx, err)
	}
	if err := s.limits.take(actor, s.Now().Time()); err != nil {
		return nil, s.refusal(ctx, err)
	}
	cookie, err := s.Keeper.Session(actor, s.Now())
	if err != nil {
		return nil, s.refusal(ctx, err)
	}
	seconds := int(cookie.Until.Sub(s.Now()).Seconds())
	return &cookieOutput{hostCookie(cookie.Name, cookie.Value, seconds)}, nil
}

// owner returns whose secret this is.
func (s *Server) owner(secret string) (branch.Actor, error) {
	if who, ok := s.Keeper.Authenticate(secret); ok {
		return who.Actor, nil
	}
	if visit, ok := s.Keeper.CheckVisitKey(secret); ok {
		return branch.Actor{Role: branch.RoleVisit, Visit: visit}, nil
	}
	return branch.Actor{}, branch.Refuse(branch.CodeUnauthenticated, "The token is not valid.")
}

// signOut ends the session for good, also for whoever has copied its cookie. A
// token without a session has nothing to end.
func (s *Server) signOut(ctx context.Context, c *call) (*cookieOutput, error) {
	if c.who.Session == "" {
		return &cookieOutput{}, nil
	}
	if _, err := s.do(ctx, c, access.Revoke{Session: c.who.Session, Until: c.who.Until}); err != nil {
		return nil, s.refusal(ctx, err)
	}
	return &cookieOutput{hostCookie(access.CookieName(c.by.Role), "", -1)}, nil
}

// hostCookie is a cookie that no other host, path, script or site can read or
// set; maxAge is in seconds, negative to remove it.
func hostCookie(name, value string, maxAge int) http.Cookie {
	return http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: maxAge,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	}
}
