package phrases

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// parse reads a flat object of strings. It reads token by token because
// json.Unmarshal keeps the last of two equal keys without a word.
func parse(file []byte) (map[string]sentence, error) {
	d := json.NewDecoder(bytes.NewReader(file))
	if start, err := d.Token(); err != nil || start != json.Delim('{') {
		return nil, errors.New("not a JSON object")
	}
	sentences := make(map[string]sentence)
	for d.More() {
		if err := parseMember(d, sentences); err != nil {
			return nil, err
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, fmt.Errorf("the object does not end: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the object")
	}
	return sentences, nil
}

func parseMember(d *json.Decoder, sentences map[string]sentence) error {
	key, err := parseString(d)
	if err != nil {
		return err
	}
	if _, twice := sentences[key]; twice {
		return fmt.Errorf("%q stands there twice", key)
	}
	text, err := parseString(d)
	if err != nil {
		return fmt.Errorf("%q: %w", key, err)
	}
	s, err := newSentence(text)
	if err != nil {
		return fmt.Errorf("%q: %w", key, err)
	}
	sentences[key] = s
	return nil
}

func parseString(d *json.Decoder) (string, error) {
	token, err := d.Token()
	if err != nil {
		return "", err
	}
	text, ok := token.(string)
	if !ok || text == "" {
		return "", fmt.Errorf("%v is no text", token)
	}
	return text, nil
}
