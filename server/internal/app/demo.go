package app

import (
	"handrail/server/internal/access"
	"handrail/server/internal/branch"
)

// addDemoTokens lets in the tokens that the README names. Only for the demo
// branch on loopback: everybody knows them.
func addDemoTokens(keeper *access.Keeper) {
	for secret, actor := range map[string]branch.Actor{
		"demo-kiosk":      {Role: branch.RoleKiosk, Place: "kiosk-1"},
		"demo-kiosk-2":    {Role: branch.RoleKiosk, Place: "kiosk-2"},
		"demo-hall":       {Role: branch.RoleHall, Place: "hall-1"},
		"demo-hall-2":     {Role: branch.RoleHall, Place: "hall-2"},
		"demo-counter":    {Role: branch.RoleCounter, Place: "counter-1"},
		"demo-counter-2":  {Role: branch.RoleCounter, Place: "counter-2"},
		"demo-pager":      {Role: branch.RolePager, Staff: "li"},
		"demo-pager-2":    {Role: branch.RolePager, Staff: "wang"},
		"demo-supervisor": {Role: branch.RoleSupervisor},
		"demo-it":         {Role: branch.RoleIT},
	} {
		keeper.AddStatic(secret, actor)
	}
}
