package httpapi

import (
	"context"
	"crypto/rand"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"handrail/server/internal/access"
	"handrail/server/internal/branch"
	"handrail/server/internal/wire"
)

func mountTokens(s *Server) {
	read(s, access.ActTokensRead, "List the tokens, without their secrets",
		func(context.Context, *call) ([]wire.Token, error) { return listed(s.Admin.Tokens()), nil })

	create := describe(ruleOf(access.ActTokensCreate), "Make a token; its secret is shown this once")
	create.DefaultStatus = http.StatusCreated
	huma.Register(s.api, create, s.createToken)

	revoke := describe(ruleOf(access.ActTokenRevoke), "End a token and every session of it")
	huma.Register(s.api, revoke, func(ctx context.Context, _ *struct{}) (*struct{}, error) {
		c := callOf(ctx)
		if _, err := s.do(ctx, c, access.Revoke{Token: branch.TokenID(c.target)}); err != nil {
			return nil, s.refusal(ctx, err)
		}
		return nil, nil
	})
}

type createTokenInput struct {
	Body wire.CreateToken
}

// Resolve refuses text that could hide or reorder what a person reads.
func (in *createTokenInput) Resolve(huma.Context) []error {
	return foulFields(reflect.ValueOf(in.Body), "body")
}

type tokenOutput struct{ Body wire.Token }

// createToken makes the secret here, so that the engine and its log only ever
// see its hash. A repeated request therefore asks for something else, and is
// refused as such: the secret cannot be shown again.
func (s *Server) createToken(ctx context.Context, in *createTokenInput) (*tokenOutput, error) {
	grant, err := s.grantOf(in.Body)
	if err != nil {
		return nil, s.refusal(ctx, err)
	}
	secret, hash, err := access.NewSecret(rand.Reader)
	if err != nil {
		return nil, s.refusal(ctx, err)
	}
	grant.Hash = hash
	result, err := s.do(ctx, callOf(ctx), grant)
	if err != nil {
		return nil, s.refusal(ctx, err)
	}
	return &tokenOutput{wire.Token{
		ID:        string(result.Answer.Token),
		Role:      in.Body.Role,
		Place:     in.Body.Place,
		Note:      in.Body.Note,
		CreatedAt: wire.Time(s.Now().Time()),
		Token:     secret,
	}}, nil
}

// grantOf reads the one place of a token: for a pager it is a person.
func (s *Server) grantOf(body wire.CreateToken) (access.Grant, error) {
	grant := access.Grant{Role: branch.Role(body.Role), Note: body.Note}
	switch grant.Role {
	case branch.RoleSupervisor, branch.RoleIT:
		grant.Place = branch.PlaceID(body.Place) // refused by access: they have none
		return grant, nil
	case branch.RolePager:
		grant.Staff = branch.StaffID(body.Place)
	default:
		grant.Place = branch.PlaceID(body.Place)
	}
	if body.Place == "" {
		return grant, invalidField("place", "is required for this role")
	}
	if !s.Reads.KnowsPlace(grant.Role, body.Place) {
		return grant, branch.Refuse(branch.CodeUnknownPlace, "This branch has no such place for this role.")
	}
	return grant, nil
}
