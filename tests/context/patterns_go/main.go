// Reads ignore files and paths, as JSON lines on stdin, and answers for each what BuildKit's client makes of them.
package main

import (
	"bufio"
	"encoding/json"
	"os"
	"path"
	"strings"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

type question struct {
	Text  string   `json:"text"`
	Paths []string `json:"paths"`
}

type answer struct {
	Patterns []string `json:"patterns"`
	Error    string   `json:"error"`
	Ignored  []bool   `json:"ignored"`
}

func main() {
	in := bufio.NewReader(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	decoder := json.NewDecoder(in)
	for decoder.More() {
		var q question
		if err := decoder.Decode(&q); err != nil {
			panic(err)
		}
		if err := out.Encode(reply(q)); err != nil {
			panic(err)
		}
	}
}

func reply(q question) answer {
	patterns, err := ignorefile.ReadAll(strings.NewReader(q.Text))
	if err != nil {
		return answer{Error: err.Error()}
	}
	matcher, err := patternmatcher.New(patterns)
	if err != nil {
		return answer{Patterns: patterns, Error: err.Error()}
	}
	if err := use(patterns); err != nil {
		return answer{Patterns: patterns, Error: err.Error()}
	}
	a := answer{Patterns: patterns}
	for _, p := range q.Paths {
		matched, _, err := match(matcher, p)
		if err != nil {
			a.Error = err.Error()
			break
		}
		a.Ignored = append(a.Ignored, matched)
	}
	return a
}

// use checks the whole of each pattern and matches by it once: a matcher never gets to the rest of some malformed ones.
func use(patterns []string) error {
	for _, p := range patterns {
		p = strings.TrimPrefix(p, "!")
		if _, err := path.Match(p, ""); err != nil {
			return err
		}
		if _, err := patternmatcher.MatchesOrParentMatches("x", []string{p}); err != nil {
			return err
		}
	}
	return nil
}

// match asks for each directory above a path first, as a walk over the context does.
func match(matcher *patternmatcher.PatternMatcher, p string) (bool, patternmatcher.MatchInfo, error) {
	parent := patternmatcher.MatchInfo{}
	if dir := path.Dir(p); dir != "." {
		var err error
		if _, parent, err = match(matcher, dir); err != nil {
			return false, parent, err
		}
	}
	return matcher.MatchesUsingParentResults(p, parent)
}
