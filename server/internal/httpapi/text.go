package httpapi

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"handrail/server/internal/branch"
)

// foulText is the message for text that could hide or reorder what a person
// reads.
const foulText = "must not have control or direction characters"

// foulFields names each text in body, a message of the contract, that is not
// clean.
func foulFields(body reflect.Value, path string) []error {
	switch body.Kind() {
	case reflect.String:
		if !branch.CleanText(body.String()) {
			return []error{&huma.ErrorDetail{Location: path, Message: foulText}}
		}
	case reflect.Pointer:
		return foulFields(body.Elem(), path)
	case reflect.Slice:
		var foul []error
		for i := range body.Len() {
			foul = append(foul, foulFields(body.Index(i), fmt.Sprintf("%s[%d]", path, i))...)
		}
		return foul
	case reflect.Struct:
		var foul []error
		for field, value := range body.Fields() {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			foul = append(foul, foulFields(value, path+"."+name)...)
		}
		return foul
	}
	return nil
}
