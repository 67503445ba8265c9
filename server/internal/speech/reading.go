package speech

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Reading turns a sentence as it is shown into one that the engine reads as a
// person would: a ticket "A017" letter by letter and digit by digit, "3号窗口"
// as 三号窗口, "2位" as 两位, a year digit by digit, other numbers as numbers.
// What no voice could say, control characters and the engine's own marks among
// it, becomes a space.
func Reading(lang, text string) string {
	say := inEnglish
	if lang == "zh-CN" {
		say = inChinese
	}
	tokens := split(clean(text))
	var out strings.Builder
	for i := 0; i < len(tokens); {
		said, used := say(tokens[i:])
		out.WriteString(said)
		i += used
	}
	said := strings.Join(strings.Fields(out.String()), " ")
	if lang == "zh-CN" {
		said = homophones().Replace(said)
	}
	return said
}

// clean keeps letters, digits and what makes a voice pause; the wide forms of
// letters and digits become the usual ones.
func clean(text string) string {
	const wide = 'Ａ' - 'A'
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９', r >= 'Ａ' && r <= 'Ｚ', r >= 'ａ' && r <= 'ｚ':
			return r - wide
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r), strings.ContainsRune("，。：；！？、（）,.:;!?()'-%", r):
			return r
		}
		return ' '
	}, text)
}

// split cuts text into runs of Latin letters, runs of digits and single
// characters.
func split(text string) []string {
	var tokens []string
	var last func(rune) bool
	for _, r := range text {
		kind := kindOf(r)
		if kind != nil && last != nil && last(r) {
			tokens[len(tokens)-1] += string(r)
		} else {
			tokens = append(tokens, string(r))
		}
		last = kind
	}
	return tokens
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func isLatin(r rune) bool { return r < unicode.MaxLatin1 && unicode.IsLetter(r) }

// kindOf returns what continues a run that r is in, nil when r stands alone.
func kindOf(r rune) func(rune) bool {
	switch {
	case isDigit(r):
		return isDigit
	case isLatin(r):
		return isLatin
	}
	return nil
}

func isNumber(token string) bool { return token != "" && isDigit(rune(token[0])) }

// at returns a token, empty beyond the last.
func at(tokens []string, i int) string {
	if i < len(tokens) {
		return tokens[i]
	}
	return ""
}

// codeLetters bounds the letters before a code's number.
const codeLetters = 3

// isCode reports whether tokens begin with a code such as a ticket's.
func isCode(tokens []string) bool {
	letters := tokens[0]
	return isLatin([]rune(letters)[0]) && len(letters) <= codeLetters && letters == strings.ToUpper(letters) && isNumber(at(tokens, 1))
}

// spell sets each character apart.
func spell(text, between string) string {
	return strings.Join(strings.Split(text, ""), between)
}

// longestNumber is how many digits are read as a number; more are a code or a
// telephone's. So is what begins with 0.
const longestNumber = 6

func isSpelled(number string) bool {
	return len(number) > longestNumber || len(number) > 1 && number[0] == '0'
}

// inEnglish says the first of the tokens and how many it used. A letter alone
// needs its comma: "A 0" would be read as an article.
func inEnglish(tokens []string) (said string, used int) {
	switch first := tokens[0]; {
	case isCode(tokens):
		return " " + spell(first, ", ") + ", " + spell(tokens[1], " ") + " ", 2
	case isNumber(first) && isSpelled(first):
		return spell(first, " "), 1
	default:
		return first, 1
	}
}

// inChinese says the first of the tokens and how many it used.
func inChinese(tokens []string) (said string, used int) {
	switch first := tokens[0]; {
	case isCode(tokens):
		return " " + spell(first, " ") + " " + digits(tokens[1]) + " ", 2
	case isNumber(first):
		return chineseNumber(tokens)
	case isLatin([]rune(first)[0]) && first == strings.ToUpper(first):
		return " " + spell(first, " ") + " ", 1
	case isLatin([]rune(first)[0]):
		return " " + first + " ", 1
	default:
		return first, 1
	}
}

// chineseNumber says a number and what belongs to it.
func chineseNumber(tokens []string) (said string, used int) {
	number, next, third := tokens[0], at(tokens, 1), at(tokens, 2)
	switch {
	case next == "年" && len(number) == 4:
		return digits(number), 1
	case next == "." && isNumber(third) && !isSpelled(number):
		return numeral(number) + "点" + digits(third), 3
	case next == ":" && len(third) == 2 && isNumber(third) && len(number) <= 2:
		return clockTime(number, third), 3
	case isSpelled(number):
		return " " + digits(number) + " ", 1
	case next == "%":
		return "百分之" + numeral(number), 2
	case number == "2" && slices.Contains(counted(), next):
		return "两", 1
	}
	return numeral(number), 1
}

// counted lists the measure words before which 2 is 两. Before 号, 楼, 月 or 日
// it is 二: there it is a name, not how many.
func counted() []string {
	return []string{"位", "个", "次", "名", "张", "台", "分", "小", "天", "人", "种", "项", "份", "件", "排", "步"}
}

// clockTime says "9:30" as 九点三十分.
func clockTime(hour, minute string) string {
	said := numeral(strings.TrimPrefix(hour, "0")) + "点"
	switch {
	case hour == "0", hour == "00":
		said = "零点"
	case hour == "2", hour == "02":
		said = "两点"
	}
	switch {
	case minute == "00":
		return said + "整"
	case minute[0] == '0':
		return said + "零" + numeral(minute[1:]) + "分"
	}
	return said + numeral(minute) + "分"
}

// digit names a digit in Chinese. One is 一, as banks call numbers, not the 幺 of
// telephones.
func digit(d int) string { return string([]rune("零一二三四五六七八九")[d]) }

// digits says a number digit by digit, each set apart, or it would be read as a
// number after all.
func digits(number string) string {
	names := make([]string, len(number))
	for i := range number {
		names[i] = digit(int(number[i] - '0'))
	}
	return strings.Join(names, " ")
}

// numeral says a number of at most eight digits.
func numeral(number string) string {
	n, err := strconv.Atoi(number)
	if err != nil {
		return digits(number)
	}
	const tenThousand = 10000
	switch high, low := n/tenThousand, n%tenThousand; {
	case n >= 10 && n < 20:
		return strings.TrimPrefix(thousands(n), "一")
	case high == 0:
		return thousands(n)
	case low == 0:
		return numeral(strconv.Itoa(high)) + "万"
	case low < tenThousand/10:
		return numeral(strconv.Itoa(high)) + "万零" + thousands(low)
	default:
		return numeral(strconv.Itoa(high)) + "万" + thousands(low)
	}
}

// thousands says a number below ten thousand.
func thousands(n int) string {
	if n < 10 {
		return digit(n)
	}
	var out strings.Builder
	gap := false
	for i, unit := range []int{1000, 100, 10, 1} {
		d := n / unit % 10
		switch {
		case d == 0:
			gap = out.Len() > 0
			continue
		case gap:
			out.WriteString("零")
			gap = false
		}
		out.WriteString(digit(d) + []string{"千", "百", "十", ""}[i])
	}
	return out.String()
}

// homophones writes words whose characters have several sounds with others that
// have only the right one: espeak-ng knows the characters and not the words, and
// reads 银行 as yínxíng. They are said, never shown.
func homophones() *strings.Replacer {
	return strings.NewReplacer(
		"支行长", "支航掌", "分行长", "分航掌", "总行长", "总航掌", "银行", "银航", "支行", "支航", "分行", "分航", "总行", "总航", "本行", "本航", "我行", "我航", "他行", "他航",
		"行长", "航掌", "行业", "航业", "行内", "航内",
		"重新", "虫新", "重复", "虫复", "重呼", "虫呼",
		"长者", "掌者", "家长", "家掌", "队长", "队掌", "班长", "班掌", "厅长", "厅掌",
	)
}
