package app

import (
	"context"

	"handrail/config"
	"handrail/devices"
	"handrail/devices/qr"
	"handrail/devices/sim"
	"handrail/server/internal/branch"
	"handrail/server/internal/deviceio"
	"handrail/server/internal/equipment"
	"handrail/server/internal/httpapi"
	"handrail/server/internal/views"
)

// openDevices gives each configured device the way to its driver; nothing is
// started. A device whose driver does not exist is not there for anybody, so
// the box does not start with it.
func (a *App) openDevices() (*deviceio.IO, error) {
	registry := sim.Drivers()
	cfg := deviceio.Config{
		Do: func(ctx context.Context, req branch.Request) error {
			_, err := a.engine.Do(ctx, req)
			return err
		},
		Words: a.words, Names: names{a.branch.directory}, Location: a.branch.zone, Link: a.link,
		Languages: texts[branch.Language](a.branch.config.Languages),
	}
	specs := equipmentPolicy(a.branch.config).Devices
	for i, d := range a.branch.config.Devices {
		device, err := openDevice(registry, d, specs[i])
		if err != nil {
			return nil, err
		}
		cfg.Devices = append(cfg.Devices, device)
	}
	return deviceio.New(cfg), nil
}

func openDevice(registry devices.Registry, d config.Device, spec equipment.DeviceSpec) (deviceio.Device, error) {
	model := devices.Model{Kind: string(d.Kind), Driver: string(d.Driver)}
	if _, ok := registry[model]; !ok {
		return deviceio.Device{}, branch.Refuse(branch.CodeInvalid, "Device %s: there is no driver %q for a %q; there are %q.",
			d.ID, model.Driver, model.Kind, registry.Drivers(model.Kind))
	}
	parameters := devices.Parameters{}
	for key, value := range d.Params {
		parameters[string(key)] = string(value)
	}
	return deviceio.Device{Spec: spec, Open: func(ctx context.Context) (devices.Driver, error) {
		return registry.Open(ctx, model, parameters)
	}}, nil
}

// link is the way to a visit for whoever holds its slip: the visit's key behind
// the address of the box, which is the same for paper and screen.
func (a *App) link(visit branch.VisitID) string {
	return a.origin + "/enter#" + a.keeper.VisitKey(visit)
}

// drawLink draws the link of a visit for the screen of a kiosk or a phone.
func (a *App) drawLink(visit branch.VisitID) (httpapi.Picture, error) {
	code, err := qr.Of(a.link(visit))
	return httpapi.Picture{Type: "image/svg+xml", Body: code.SVG()}, err
}

// names are the words of the configuration for paper and pagers.
type names struct{ dir *views.Directory }

// Branch returns the branch's name.
func (n names) Branch(lang branch.Language) string { return n.dir.Name[string(lang)] }

// Service returns a service's name.
func (n names) Service(id branch.ServiceID, lang branch.Language) string {
	return n.dir.Services[id][string(lang)]
}

// Counter returns a counter's name.
func (n names) Counter(id branch.CounterID, lang branch.Language) string {
	return n.dir.Counters[id][string(lang)]
}

// Place returns a place's name; a hall screen is called by its id.
func (n names) Place(id branch.PlaceID, lang branch.Language) string {
	if name := n.dir.Places[id].Name[string(lang)]; name != "" {
		return name
	}
	return string(id)
}
