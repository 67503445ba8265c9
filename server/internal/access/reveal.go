package access

import "handrail/server/internal/branch"

// Grantee is what others may know of a grant: never the hash.
func (e Granted) Grantee() (branch.TokenID, branch.Role, branch.PlaceID) {
	return e.Token, e.Role, e.Place
}

// RevokedToken is the token that ended, empty when only a session did.
func (e Revoked) RevokedToken() branch.TokenID { return e.Token }
