package coretest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"latchstring/core"
)

// mails are what a service without an API wrote, in the order in which it did. It tells them as a connector of mails does.
type mails Service

// orderMail has the service write a mail to the first of its accounts:
//
//	mails a code · mails a way to a code · mails a link for a TV · mails a link for another home · mails a reset · mails a reset that was an hour on its way · mails a new password ·
//	mails a forged code · mails a code somebody forwarded · mails a code to prove who it is
func (s *Service) orderMail(order string) bool {
	what, ok := strings.CutPrefix(order, "mails a ")
	if !ok {
		return false
	}
	n := core.Notice{
		Key: fmt.Sprintf("mail%d", len(s.mailed)+1), Service: s.ID, Account: s.Accounts[0], At: s.Now(), Verified: true, Until: s.Now().Add(15 * time.Minute),
	}
	secret := core.NewSecret(fmt.Sprintf("%s-%d", Canary, len(s.mailed)+1))
	switch what {
	case "code":
		n.Kind, n.Code = core.NoticeCode, secret
	case "forged code":
		n.Kind, n.Code, n.Verified = core.NoticeCode, secret, false
	case "code somebody forwarded":
		n.Kind, n.Code, n.Forwarded = core.NoticeCode, secret, true
	case "code to prove who it is":
		n.Kind, n.Code = core.NoticeVerification, secret
	case "way to a code":
		n.Kind, n.Link = core.NoticeTemporaryAccess, secret
	case "link for a TV":
		n.Kind, n.Link, n.Name = core.NoticeSignInRequest, secret, "Samsung TV"
	case "link for another home":
		n.Kind, n.Link, n.Profile = core.NoticeHouseholdUpdate, secret, "Uncle @everyone"
	case "reset that was an hour on its way":
		n.Kind, n.Until, n.At = core.NoticeResetRequested, time.Time{}, s.Now().Add(-time.Hour)
	case "reset":
		n.Kind, n.Until = core.NoticeResetRequested, time.Time{}
	case "new password":
		n.Kind, n.Until = core.NoticePasswordChanged, time.Time{}
	default:
		return false
	}
	s.mailed = append(s.mailed, n)
	return true
}

func (m *mails) Notices(_ context.Context, after string) ([]core.Notice, string, error) {
	s := (*Service)(m)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.failure(); err != nil {
		return nil, "", err
	}
	read := len(s.mailed)
	if after != "" {
		if _, err := fmt.Sscanf(after, "read %d", &read); err != nil {
			return nil, "", err
		}
	}
	return slices.Clone(s.mailed[read:]), fmt.Sprintf("read %d", len(s.mailed)), nil
}

// OneTime is as trusting as can be, so that what may not be told is left out by whoever asks.
func (m *mails) OneTime(context.Context) ([]core.Notice, error) {
	s := (*Service)(m)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.failure(); err != nil {
		return nil, err
	}
	newest := slices.Clone(s.mailed)
	slices.Reverse(newest)
	return newest, nil
}
