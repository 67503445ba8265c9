package httpapi

import (
	"bytes"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"handrail/server/internal/access"
	"handrail/server/internal/branch"
)

// contentSecurityPolicy lets a page use only files of this box, no inline
// script or style, and one named maker of trusted markup.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"font-src 'self'; media-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; " +
	"form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html"

// everyAnswer lists the headers that go with every answer, refusals included.
func everyAnswer() [][2]string {
	return [][2]string{
		{fiber.HeaderContentSecurityPolicy, contentSecurityPolicy},
		{fiber.HeaderXContentTypeOptions, "nosniff"},
		{fiber.HeaderReferrerPolicy, "no-referrer"},
		{fiber.HeaderXFrameOptions, "DENY"},
		{fiber.HeaderCacheControl, "no-store"},
		{"Cross-Origin-Opener-Policy", "same-origin"},
		{"Cross-Origin-Resource-Policy", "same-origin"},
	}
}

func secureHeaders(h *fasthttp.ResponseHeader) {
	for _, header := range everyAnswer() {
		h.Set(header[0], header[1])
	}
}

// upgradeHeader is the same for the answer that begins a live connection, which
// Fiber does not write.
func upgradeHeader() http.Header {
	h := http.Header{}
	for _, header := range everyAnswer() {
		h.Set(header[0], header[1])
	}
	return h
}

// checkHost refuses a request that was not meant for this box. Without it a
// page of any site could reach the box under a name that its owner points here.
func (s *Server) checkHost(ctx *fasthttp.RequestCtx) error {
	if onAdminSocket(ctx) {
		return nil
	}
	header := &ctx.Request.Header
	absolute := !bytes.HasPrefix(header.RequestURI(), []byte("/"))
	if absolute || !slices.Contains(s.Hosts, strings.ToLower(string(header.Host()))) {
		return branch.Refuse(branch.CodeMisdirected, "This box does not answer to that host.")
	}
	return nil
}

// onAdminSocket reports whether the request came over the box's own socket,
// which only its owner can open.
func onAdminSocket(ctx *fasthttp.RequestCtx) bool {
	return ctx.LocalAddr().Network() == "unix"
}

// checkOrigin refuses what another site's page makes a browser do: a browser
// always says where an upgrade or a change comes from. A client that brings its
// own token is no browser that was tricked into sending a cookie.
func checkOrigin(c *fiber.Ctx, rule access.Rule) error {
	changes := c.Method() != fiber.MethodGet || rule.Action == access.ActLive
	if !changes || onAdminSocket(c.Context()) {
		return nil
	}
	origins := c.Context().Request.Header.PeekAll(fiber.HeaderOrigin)
	if len(origins) == 0 {
		if bearer(c) == "" && hasCookie(c) {
			return branch.Refuse(branch.CodeForbidden, "A request with a cookie must name its origin.")
		}
		return nil
	}
	if len(origins) > 1 || string(origins[0]) != ownOrigin(c.Context()) {
		return branch.Refuse(branch.CodeForbidden, "This origin may not use the box.")
	}
	return nil
}

func ownOrigin(ctx *fasthttp.RequestCtx) string {
	scheme := "http://"
	if ctx.IsTLS() {
		scheme = "https://"
	}
	return scheme + strings.ToLower(string(ctx.Request.Header.Host()))
}

// checkContentType refuses a POST that does not say that it is JSON: a form or
// plain text can be sent from any site without asking.
func checkContentType(c *fiber.Ctx) error {
	if c.Method() != fiber.MethodPost {
		return nil
	}
	mediaType, params, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	charset, named := params["charset"]
	if err != nil || mediaType != fiber.MIMEApplicationJSON || named && !strings.EqualFold(charset, "utf-8") {
		return branch.Refuse(branch.CodeUnsupportedMediaType, "The body must be application/json.")
	}
	c.Request().Header.SetContentType(fiber.MIMEApplicationJSON) // huma knows only this spelling
	return nil
}

// checkText refuses parameters that could hide or reorder what a person reads.
func checkText(c *fiber.Ctx) error {
	for name, value := range c.AllParams() {
		if plain, err := url.PathUnescape(value); err != nil || !branch.CleanText(plain) {
			return invalidField(strings.Replace(name, "*1", "path", 1), foulText)
		}
	}
	for name, value := range c.Context().QueryArgs().All() {
		if !branch.CleanText(string(name)) {
			return invalidField("query", foulText)
		}
		if !branch.CleanText(string(value)) {
			return invalidField(string(name), foulText)
		}
	}
	return nil
}
