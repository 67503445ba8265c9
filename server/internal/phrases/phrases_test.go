package phrases

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode"

	"handrail/server/internal/branch"
	"handrail/server/internal/equipment"
	"handrail/server/internal/paging"
	"handrail/server/internal/queue"
)

func load(t *testing.T) *Catalogue {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEveryLanguageHasTheSameKeysAndArguments(t *testing.T) {
	c := load(t)
	first := Languages()[0]
	for _, lang := range Languages()[1:] {
		if got, want := c.Keys(lang), c.Keys(first); !slices.Equal(got, want) {
			t.Errorf("keys of %s differ from those of %s", lang, first)
		}
		for _, key := range c.Keys(first) {
			if got, want := c.Args(lang, key), c.Args(first, key); !slices.Equal(got, want) {
				t.Errorf("%s in %s takes %v, in %s %v", key, lang, got, first, want)
			}
		}
	}
}

// keysOf returns the keys prefix+id+suffix.
func keysOf[T ~string](prefix string, ids ...T) []string {
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = prefix + string(id)
	}
	return keys
}

func TestEveryWordOfTheContractHasItsWords(t *testing.T) {
	wanted := slices.Concat(
		keysOf("need.", branch.Needs()...),
		keysOf("class.", branch.Classes()...),
		keysOf("reason.priority.", branch.Classes()...),
		keysOf("reason.", branch.Reasons()...),
		keysOf("role.", append(branch.Roles(), branch.RoleBox)...),
		keysOf("reason.", queue.RuleGuard, queue.RuleOnly, queue.RuleManual),
		keysOf("visit.state.", queue.Waiting, queue.Called, queue.Serving, queue.AwayFor, queue.Parked,
			queue.NoShowed, queue.Finished, queue.Removed),
		keysOf("visit.outcome.", queue.OutcomeDone, queue.OutcomePartly, queue.OutcomeNot),
		keysOf("counter.state.", queue.CounterClosed, queue.CounterOpen, queue.CounterPaused),
		keysOf("page.status.", paging.Open, paging.Accepted, paging.Arrived, paging.Closed, paging.Cancelled),
		keysOf("page.outcome.", paging.OutcomeHelped, paging.OutcomeNotNeeded, paging.OutcomeNotPossible,
			paging.OutcomePassedOn),
		keysOf("page.step.", "raised", "notified", "delivered", "accepted", "on-the-way", "rejected", "arrived",
			"closed", "cancelled", "escalated", "alarmed", "reopened", "repeated", "reminded"),
		keysOf("device.health.", equipment.Healthy, equipment.Degraded, equipment.Failed, equipment.Offline,
			equipment.Unknown),
		keysOf("device.admin.", equipment.Enabled, equipment.Maintenance, equipment.Disabled),
		keysOf("device.kind.", "printer", "speaker", "lamp", "pager", "loop", "focuser", "display", "keypad",
			"braille", "button", "sensor"),
		keysOf("call.spoken.", equipment.SpokenWaiting, equipment.SpokenSpeaking, equipment.SpokenDone,
			equipment.SpokenNot),
		keysOf("ability.", "cash", "caring", "low", "hearing-loop", "sound-focuser", "sign-language"),
		keysOf("problem.", problems()...),
	)
	for _, need := range branch.Needs() {
		wanted = append(wanted, "need."+string(need)+".do")
	}
	c := load(t)
	for _, lang := range Languages() {
		for _, key := range wanted {
			if !c.Has(lang, key) {
				t.Errorf("%s has no words for %s", lang, key)
			}
		}
	}
}

// problems lists the codes of the contract.
func problems() []branch.Code {
	return []branch.Code{branch.CodeInvalid, branch.CodeMalformed, branch.CodeUnsupportedMediaType,
		branch.CodeTooLarge, branch.CodeUnknownService, branch.CodeUnknownNeed, branch.CodeUnknownReason,
		branch.CodeUnknownPlace, branch.CodeUnknownLanguage, branch.CodeNotFound, branch.CodeMethodNotAllowed,
		branch.CodeUnauthenticated, branch.CodeForbidden, branch.CodeWrongState, branch.CodeCounterBusy,
		branch.CodeCounterClosed, branch.CodeTaken, branch.CodeIDReused, branch.CodeBranchClosed,
		branch.CodeMisdirected, branch.CodeTooMany, branch.CodeBusy, branch.CodeStorage}
}

func TestASentenceIsFilledWithItsArguments(t *testing.T) {
	c := load(t)
	call := map[string]string{"ticket": "A017", "counter": "3 号窗口"}
	why := map[string]string{"ticket": "A017", "minutes": "14"}
	late := map[string]string{"ticket": "A017", "minutes": "31"}
	tests := []struct {
		lang, key string
		args      map[string]string
		want      string
	}{
		{"zh-CN", "call.first", call, "请 A017 号到 3 号窗口"},
		{"zh-CN", "call.again", call, "再次叫号：请 A017 号到 3 号窗口"},
		{"zh-CN", "reason.priority.caring", why, "A017 已等 14 分钟，关爱优先"},
		{"en", "reason.guard", late, "A017 waited 31 min, longer than promised"},
		{"zh-CN", "alarm.hall", map[string]string{"place": "一号自助机"}, "请工作人员到一号自助机"},
	}
	for _, test := range tests {
		if got := c.Say(test.lang, test.key, test.args); got != test.want {
			t.Errorf("%s %s = %q, want %q", test.lang, test.key, got, test.want)
		}
	}
}

func TestAValueThatLooksLikeAnArgumentStaysAsItIs(t *testing.T) {
	got := load(t).Say("en", "call.first", map[string]string{"ticket": "{counter}", "counter": "{ticket}"})
	if want := "Ticket {counter}, please go to {ticket}"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAnUnknownKeyLanguageOrAMissingArgumentIsAnErrorAndSaysItsKey(t *testing.T) {
	c := load(t)
	tests := []struct{ name, lang, key string }{
		{"key", "en", "call.nothing"},
		{"language", "xx", "call.first"},
		{"argument", "en", "call.first"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			args := map[string]string{"ticket": "A017"}
			if text, err := c.Sentence(test.lang, test.key, args); err == nil {
				t.Errorf("no error, but %q", text)
			}
			if got := c.Say(test.lang, test.key, args); got != test.key {
				t.Errorf("Say = %q, want the key", got)
			}
		})
	}
}

func TestTheBrowserGetsTheSameCatalogue(t *testing.T) {
	c := load(t)
	for _, lang := range Languages() {
		data, ok := c.JSON(lang)
		if !ok {
			t.Fatalf("no catalogue for %s", lang)
		}
		var flat map[string]string
		if err := json.Unmarshal(data, &flat); err != nil {
			t.Fatal(err)
		}
		if len(flat) != len(c.Keys(lang)) {
			t.Errorf("%s: the browser gets %d keys, the box has %d", lang, len(flat), len(c.Keys(lang)))
		}
	}
	if _, ok := c.JSON("xx"); ok {
		t.Error("a catalogue for an unknown language")
	}
}

func TestABadFileIsRefused(t *testing.T) {
	if _, err := parse([]byte(`{"a":"one {thing}"}`)); err != nil {
		t.Fatalf("a good file: %v", err)
	}
	for name, file := range map[string]string{
		"twice":      `{"a":"one","a":"two"}`,
		"nested":     `{"a":{"b":"c"}}`,
		"number":     `{"a":1}`,
		"empty":      `{"a":""}`,
		"brace":      `{"a":"one {Thing}"}`,
		"open brace": `{"a":"one {thing"}`,
		"list":       `["a"]`,
		"cut":        `{"a":"one"`,
		"followed":   `{"a":"one"} {}`,
	} {
		if _, err := parse([]byte(file)); err == nil {
			t.Errorf("%s: %s was taken", name, file)
		}
	}
}

func TestKeysStandInOrderSoThatAChangeIsOneLine(t *testing.T) {
	c := load(t)
	for _, lang := range Languages() {
		data, _ := c.JSON(lang)
		at := -1
		for _, key := range c.Keys(lang) {
			next := strings.Index(string(data), `"`+key+`":`)
			if next < at {
				t.Errorf("%s: %s stands too early", lang, key)
			}
			at = next
		}
	}
}

func TestChineseIsChineseAndEnglishHasNone(t *testing.T) {
	c := load(t)
	han := func(r rune) bool { return unicode.Is(unicode.Han, r) }
	for _, key := range c.Keys("en") {
		if strings.ContainsFunc(c.languages["en"].sentences[key].text, han) {
			t.Errorf("%s: Chinese in the English sentence", key)
		}
		if zh := c.languages["zh-CN"].sentences[key]; !strings.ContainsFunc(zh.text, han) && strings.ContainsFunc(zh.text, unicode.IsLetter) && len(zh.args) == 0 {
			t.Errorf("%s: no Chinese in the Chinese sentence", key)
		}
	}
}

func TestNoSentenceNamesADiagnosis(t *testing.T) {
	c := load(t)
	for lang, words := range map[string][]string{
		"zh-CN": {"残疾", "残障", "盲人", "聋", "哑", "病人", "患者", "瘫", "老人", "弱智"},
		"en":    {"disab", "blind", "deaf", "patient", "handicap", "elderly", "impair", "suffer"},
	} {
		for _, key := range c.Keys(lang) {
			text := strings.ToLower(c.languages[lang].sentences[key].text)
			for _, word := range words {
				if strings.Contains(text, word) {
					t.Errorf("%s %s says %q", lang, key, word)
				}
			}
		}
	}
}
