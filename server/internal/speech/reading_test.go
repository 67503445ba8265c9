package speech

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"handrail/config"
	"handrail/server/internal/phrases"
)

func TestASentenceIsReadAsAPersonWouldReadIt(t *testing.T) {
	for _, test := range []struct{ lang, shown, read string }{
		{"zh-CN", "请 A017 号到 3号窗口", "请 A 零 一 七 号到 三号窗口"},
		{"zh-CN", "请A017号到4号爱心窗口", "请 A 零 一 七 号到四号爱心窗口"},
		{"zh-CN", "请 AB1000 号到 12号窗口", "请 A B 一 零 零 零 号到 十二号窗口"},
		{"zh-CN", "请 Ａ０２０ 号", "请 A 零 二 零 号"},
		{"zh-CN", "前面有2位", "前面有两位"}, {"zh-CN", "前面有12位", "前面有十二位"},
		{"zh-CN", "2号窗口，等2分钟", "二号窗口，等两分钟"},
		{"zh-CN", "2026年8月2日", "二 零 二 六年八月二日"},
		{"zh-CN", "10层 20层 21层", "十层 二十层 二十一层"},
		{"zh-CN", "100、101、110、115、120、1000、1001、1010、1100", "一百、一百零一、一百一十、一百一十五、一百二十、一千、一千零一、一千零一十、一千一百"},
		{"zh-CN", "10000、10001、12345、100000、101000", "一万、一万零一、一万二千三百四十五、十万、十万一千"},
		{"zh-CN", "3.05", "三点零 五"}, {"zh-CN", "50%", "百分之五十"},
		{"zh-CN", "9:30、14:00、2:05", "九点三十分、十四点整、两点零五分"},
		{"zh-CN", "电话 95566001", "电话 九 五 五 六 六 零 零 一"}, {"zh-CN", "007", "零 零 七"}, {"zh-CN", "0", "零"},
		{"zh-CN", "VIP室、A区、Wi", "V I P 室、 A 区、 Wi"},
		{"zh-CN", "示范银行支行行长", "示范银航支航航掌"}, {"zh-CN", "请支行长重新叫号", "请支航掌虫新叫号"},
		{"en", "Ticket A017, please go to Counter 12", "Ticket A, 0 1 7 , please go to Counter 12"},
		{"en", "Once more: ticket AB1000 now", "Once more: ticket A, B, 1 0 0 0 now"},
		{"en", "In 15 minutes; call 95566001 or 007", "In 15 minutes; call 9 5 5 6 6 0 0 1 or 0 0 7"},
		{"en", "A member of staff", "A member of staff"},
		{"en", "-f /etc\x00\x01120S [[h@]] <voice name=\"x\"> $(a) `b`|c", "-f etc 120S h voice name x (a) b c"},
	} {
		got := Reading(test.lang, test.shown)
		if got != test.read {
			t.Errorf("%s %q is read %q, want %q", test.lang, test.shown, got, test.read)
		}
		if strings.ContainsFunc(got, unicode.IsControl) {
			t.Errorf("%q has a control character", got)
		}
	}
}

// sentences are all that the catalogue lets the demo branch's halls say.
func sentences(t *testing.T, lang string) []string {
	t.Helper()
	words, err := phrases.Load()
	if err != nil {
		t.Fatal(err)
	}
	demo, problems := config.Parse("demo.yaml", config.Demo())
	if len(problems) > 0 {
		t.Fatal(config.Problems(problems))
	}
	named := func(n config.Name) string {
		if lang == "en" {
			return string(n.English)
		}
		return string(n.Chinese)
	}
	var all []string
	say := func(key string, args map[string]string) {
		text, err := words.Sentence(lang, key, args)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	say("device.test.speech", nil)
	for _, c := range demo.Counters {
		say("alarm.hall", map[string]string{"place": named(c.Name)})
		for letter := 'A'; letter <= 'G'; letter++ {
			for _, number := range []int{1, 2, 10, 17, 110, 222, 345, 678, 999} {
				args := map[string]string{"ticket": fmt.Sprintf("%c%03d", letter, number), "counter": named(c.Name)}
				say("call.first", args)
				say("call.again", args)
			}
		}
	}
	for _, k := range demo.Kiosks {
		say("alarm.hall", map[string]string{"place": named(k.Name)})
	}
	return all
}

// A hall screen plays a clip twice, with a pause; then it has to have answered.
func TestEveryCallOfTheDemoBranchIsSaidTwiceInItsTime(t *testing.T) {
	demo, problems := config.Parse("demo.yaml", config.Demo())
	if len(problems) > 0 {
		t.Fatal(config.Problems(problems))
	}
	const pause, margin = 2 * time.Second, 2 * time.Second
	limit := demo.Announcements.ClipSeconds.Duration()
	s := run(t, Options{})
	chinese, english := sentences(t, "zh-CN"), sentences(t, "en")
	for i := 0; i < len(chinese); i += 11 {
		clip := must(t, s, Public{Chime: true, Parts: []Part{{"en", english[i]}, {"zh-CN", chinese[i]}}})
		if clip.Length < 3*time.Second || 2*clip.Length+pause+margin > limit+demo.Announcements.AnswerSeconds.Duration() {
			t.Errorf("%s %s sounds %v, to be said twice within %v", english[i], chinese[i], clip.Length, limit)
		}
	}
}

// espeak is the engine of this machine.
func espeak(t *testing.T) (*engine, map[string]string) {
	t.Helper()
	e := newEngine("espeak-ng", Options{}.withDefaults().Limit)
	voices := e.voices(t.Context(), phrases.Languages())
	if len(voices) != len(phrases.Languages()) {
		t.Fatalf("there are voices %v only: make tools installs espeak-ng", voices)
	}
	return e, voices
}

func TestNoAnnouncementIsReadAsEnglishInChinese(t *testing.T) {
	e, voices := espeak(t)
	all := sentences(t, "zh-CN")
	for i, sentence := range all {
		all[i] = Reading("zh-CN", sentence) + "。"
	}
	for some := range slices.Chunk(all, 32) {
		phonemes, err := e.phonemes(t.Context(), voices["zh-CN"], strings.Join(some, "\n"))
		if err != nil || strings.Count(phonemes, "\n")+1 < len(some) || strings.Contains(phonemes, readAsEnglish) {
			t.Errorf("%s: %s, %v", some, phonemes, err)
		}
	}
}

// Every announcement says the ticket's letter and each of its digits, and
// nothing else of it: as many names of digits as there are digits.
func TestEveryTicketIsReadDigitByDigit(t *testing.T) {
	e, voices := espeak(t)
	names := map[string][]string{
		"zh-CN": {"l'i35N", "j'i55", "'@r51", "s'a55n", "s'i[51", "w'u214", "l'iou51", "tS;h'i55", "p'A55", "tS;'iou214"},
		"en":    {"z'i@roU", "w'0n", "t'u:", "Tr'i:", "f'o@", "f'aIv", "s'Iks", "s'Ev@n", "'eIt", "n'aIn"},
	}
	for lang, digits := range names {
		for number := range 1000 {
			if number%37 != 0 && number != 17 && number != 222 {
				continue
			}
			ticket := fmt.Sprintf("G%03d", number)
			phonemes, err := e.phonemes(t.Context(), voices[lang], Reading(lang, ticket))
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Fields(strings.NewReplacer("_|", " ").Replace(phonemes)); len(got) != 4 {
				t.Errorf("%s %s: %q are not a letter and three digits", lang, ticket, got)
			} else {
				for i, d := range ticket[1:] {
					// The tone of a digit may change with its neighbours, its sound does not.
					if want := strings.TrimRight(digits[d-'0'], "0123456789"); !strings.HasPrefix(strings.Trim(got[i+1], "'"), strings.Trim(want, "'")) {
						t.Errorf("%s %s: digit %d is read %s, want %s", lang, ticket, i, got[i+1], want)
					}
				}
			}
		}
	}
}

// The engine knows characters, not words.
func TestWordsWithSeveralSoundsHaveTheRightOne(t *testing.T) {
	e, voices := espeak(t)
	for word, sounds := range map[string]string{"银行": "j'i35n X'a35N", "行长": "X'a35N ts.'a214N", "重新": "ts.h'ong35 S;'i55n", "两位": "l'iA21N w'ei51", "2位": "l'iA21N w'ei51"} {
		phonemes, err := e.phonemes(t.Context(), voices["zh-CN"], Reading("zh-CN", word))
		if got := strings.Join(strings.Fields(strings.ReplaceAll(phonemes, "_|", " ")), " "); err != nil || got != sounds {
			t.Errorf("%s is read %s, want %s (%v)", word, got, sounds, err)
		}
	}
}
