package speech

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"time"
)

// The form of every clip, which is also that of espeak-ng.
const (
	sampleRate  = 22050
	sampleBytes = 2
)

// The pauses of a clip.
const (
	betweenParts = 400 * time.Millisecond
	afterChime   = 150 * time.Millisecond
	atEnd        = 150 * time.Millisecond
)

const (
	// quiet is what counts as silence, of a sample's 32 768.
	quiet = 150
	// loudest is the peak of speech: a little below the most, so that no
	// amplifier clips it.
	loudest = 26000
)

var errNoSound = errors.New("the engine made no sound")

func samplesIn(d time.Duration) int { return int(d * sampleRate / time.Second) }

func silence(d time.Duration) []int16 { return make([]int16, samplesIn(d)) }

// chime is two soft notes, a falling third, each like a struck bell.
func chime() []int16 {
	const (
		apart  = 320 * time.Millisecond
		length = 900 * time.Millisecond
		peak   = 7000
		decay  = 5.0 // per second
		attack = 0.008
	)
	out := make([]int16, samplesIn(length+afterChime))
	for i := range samplesIn(length) {
		var value float64
		for n, hertz := range []float64{659.26, 523.25} {
			t := float64(i-n*samplesIn(apart)) / sampleRate
			if t < 0 {
				continue
			}
			value += math.Min(1, t/attack) * math.Exp(-decay*t) * math.Sin(2*math.Pi*hertz*t)
		}
		left := float64(samplesIn(length)-i) / float64(samplesIn(100*time.Millisecond))
		out[i] = int16(peak * value * math.Min(1, left))
	}
	return out
}

// trim takes the silence off both ends.
func trim(samples []int16) []int16 {
	loud := func(s int16) bool { return s > quiet || s < -quiet }
	from, to := 0, len(samples)
	for from < to && !loud(samples[from]) {
		from++
	}
	for to > from && !loud(samples[to-1]) {
		to--
	}
	return samples[from:to]
}

// level gives every sentence the same peak, whatever its voice.
func level(samples []int16) []int16 {
	peak := 1
	for _, s := range samples {
		peak = max(peak, int(s), -int(s))
	}
	out := make([]int16, len(samples))
	for i, s := range samples {
		out[i] = int16(int(s) * loudest / peak)
	}
	return out
}

// newClip writes samples as WAV.
func newClip(samples []int16) Clip {
	size := uint32(len(samples) * sampleBytes)
	var b bytes.Buffer
	b.WriteString("RIFF")
	write := func(values ...uint32) {
		for _, v := range values {
			b.Write(binary.LittleEndian.AppendUint32(nil, v))
		}
	}
	write(36 + size)
	b.WriteString("WAVEfmt ")
	// 16 bytes follow: PCM and one channel in one word, rate, bytes a second,
	// bytes a sample and bits a sample in one word.
	write(16, 1|1<<16, sampleRate, sampleRate*sampleBytes, sampleBytes|8*sampleBytes<<16)
	b.WriteString("data")
	write(size)
	for _, s := range samples {
		b.Write(binary.LittleEndian.AppendUint16(nil, uint16(s)))
	}
	return Clip{WAV: b.Bytes(), Length: time.Duration(len(samples)) * time.Second / sampleRate}
}

// parseWAV reads what the engine wrote. Writing to a pipe it cannot know the
// sizes beforehand and announces two gigabytes: the data are what is there.
func parseWAV(wav []byte) ([]int16, error) {
	if len(wav) < 12 || string(wav[:4]) != "RIFF" || string(wav[8:12]) != "WAVE" {
		return nil, errors.New("the engine did not answer with WAV")
	}
	formed := false
	for rest := wav[12:]; len(rest) >= 8; {
		name, size := string(rest[:4]), uint64(binary.LittleEndian.Uint32(rest[4:8]))
		body := rest[8:]
		body = body[:min(size, uint64(len(body)))]
		switch name {
		case "fmt ":
			formed = isOurForm(body)
		case "data":
			if !formed {
				return nil, errors.New("the engine's sound has another form")
			}
			return samplesOf(body)
		}
		rest = rest[min(uint64(len(rest)), 8+size+size%2):]
	}
	return nil, errNoSound
}

// isOurForm reports whether a WAV's form is PCM, mono, our rate, 16 bit.
func isOurForm(form []byte) bool {
	if len(form) < 16 {
		return false
	}
	word := func(at int) uint16 { return binary.LittleEndian.Uint16(form[at:]) }
	return word(0) == 1 && word(2) == 1 && binary.LittleEndian.Uint32(form[4:]) == sampleRate && word(14) == 8*sampleBytes
}

func samplesOf(data []byte) ([]int16, error) {
	samples := make([]int16, len(data)/sampleBytes)
	for i := range samples {
		samples[i] = int16(binary.LittleEndian.Uint16(data[i*sampleBytes:]))
	}
	if len(trim(samples)) == 0 {
		return nil, errNoSound
	}
	return samples, nil
}
