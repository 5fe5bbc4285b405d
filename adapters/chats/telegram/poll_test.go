package telegram_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"latchstring/adapters/chats/telegram"
	"latchstring/adapters/chats/telegram/botapi"
	"latchstring/core"
	"latchstring/core/talk"
)

// What was received is answered after the program's end, once.
func TestReceivedButUnanswered(t *testing.T) {
	r := newRig(t)
	stop := r.start()
	r.srv.Fail("sendMessage", -1, botapi.Down(502))
	r.leo.Says("help")
	r.srv.AwaitCalls("sendMessage", 1)
	r.srv.Await("the updates to be confirmed", func() bool { return len(r.srv.Waiting()) == 0 })
	if err := stop(); err != nil {
		t.Error(err)
	}
	r.srv.Recover()
	r.restart()
	stop = r.start()
	r.answered(r.leo.Seat, 1)
	r.settle()
	_ = stop()
	r.restart()
	r.start()
	r.srv.Await("the bot to poll", r.srv.Polling)
	r.settle()
	if got := r.leo.Screen().FromBot(); len(got) != 1 {
		t.Errorf("answered %d times", len(got))
	}
}

// A press whose work was under way when the program ended is answered by how it stands, and not done again.
func TestPressedJustBeforeTheEnd(t *testing.T) {
	r := newRig(t)
	stop := r.start()
	r.leo.Says("signout leo's phone")
	question := r.answered(r.leo.Seat, 1)
	r.settle()
	r.srv.Fail("editMessageText", -1, botapi.Stalled())
	r.leo.Presses(question.ID, "Yes, sign out").Await()
	r.srv.AwaitCalls("editMessageText", 1)
	_ = stop()
	r.srv.Recover()
	r.restart()
	r.start()
	r.heard() // what was set going waits for its time now
	if n := r.service("jellyfin").SignOuts("phone"); n > 1 {
		t.Errorf("signed out %d times", n)
	}
	if m := r.leo.Screen().Last(); len(m.Rows) != 0 && m.ID == question.ID {
		t.Errorf("the question stands:\n%s", r.leo.Screen())
	}
	// Nobody can know whether the press was answered before the end, so it is tried again; the platform does not mind.
	for _, bad := range r.srv.Forgive() {
		if !strings.Contains(bad, "answered a second time") {
			t.Error(bad)
		}
	}
}

// What was said while the program was away is not acted on.
func TestWhatComesLate(t *testing.T) {
	r := newRig(t)
	stop := r.start()
	r.leo.Says("signout leo's phone")
	question := r.answered(r.leo.Seat, 1)
	r.settle()
	_ = stop()

	press := r.leo.Presses(question.ID, "Yes, sign out")
	r.marta.Says("signout all jellyfin")
	r.house.Pass(t.Context(), 11*time.Minute)
	r.sofi.Says("devices")
	r.restart()
	r.start()
	r.shows(r.leo.Seat, "I was away when you said that")
	r.shows(r.marta.Seat, "I was away when you said that, at 18:0")
	r.shows(r.sofi.Seat, "signed in to your accounts")
	r.settle()
	if press.Late() != 1 {
		t.Errorf("the press was answered %d times late", press.Late())
	}
	if n := r.service("jellyfin").SignOuts("phone"); n != 0 {
		t.Error("a late press was acted on")
	}
}

// After a quiet week ids go on with any number. It makes no difference whether the program ran meanwhile.
func TestLowerIdsAfterAQuietWeek(t *testing.T) {
	for _, restarted := range []bool{false, true} {
		t.Run(fmt.Sprint("restarted ", restarted), func(t *testing.T) {
			r := newRig(t)
			stop := r.start()
			r.leo.Says("help")
			r.answered(r.leo.Seat, 1)
			r.settle()
			if restarted {
				_ = stop()
			}
			r.house.Pass(t.Context(), 8*24*time.Hour)
			if restarted {
				r.restart()
				r.start()
			}
			r.leo.Says("help")
			r.answered(r.leo.Seat, 2)
			r.leo.Says("help")
			r.answered(r.leo.Seat, 3)
			r.settle()
			if got := r.leo.Screen().FromBot(); len(got) != 3 {
				t.Errorf("answered %d times", len(got))
			}
			if restarted {
				if first := r.srv.Calls("getUpdates"); first[len(first)-1].Params.Int("offset") == 0 {
					t.Error("the new ids are not confirmed")
				}
			}
		})
	}
}

// One update that can not be read holds nothing up, and is set aside once.
func TestPoisonUpdates(t *testing.T) {
	r := newRig(t)
	r.start()
	r.srv.Await("the bot to poll", r.srv.Polling)
	r.srv.Put(`{"message":{"message_id":"nine"}}`)
	r.srv.Put(`{"message":{"message_id":9}}`)
	r.srv.Put(`{"message":[],"callback_query":7}`)
	r.srv.Put(`{"message":{"message_id":9002,"chat":{"id":1002,"type":"private"},"text":"` + strings.Repeat("x", 70<<10) + `"}}`)
	r.srv.Put(`{"callback_query":{"id":"1","data":"x"}}`)
	r.srv.Put(`{"message":{"message_id":9003,"chat":{"id":1002,"type":"private"},"from":{"id":1002,"is_bot":false,"first_name":"Leo"},` +
		`"text":"/help","entities":[{"type":"bot_command","offset":0,"length":500}],"date":` + strconv.FormatInt(r.now().Unix(), 10) + `}}`)
	r.leo.Says("help")
	r.answered(r.leo.Seat, 2)
	r.settle()
	if n := strings.Count(r.log.String(), "update set aside"); n != 4 {
		t.Errorf("%d updates set aside, want 4:\n%s", n, r.log)
	}
}

func TestWebhookOfAnotherProgramIsRemoved(t *testing.T) {
	r := newRig(t)
	r.srv.Hook("https://example.org/hook")
	r.leo.Says("help")
	r.start()
	r.answered(r.leo.Seat, 1)
	if calls := r.srv.Calls("deleteWebhook"); len(calls) != 1 || calls[0].Params.True("drop_pending_updates") {
		t.Errorf("%v", calls)
	}
}

// Whatever a poll is answered with, the next ones go on, and the token is told to nobody.
func TestPollsThatFail(t *testing.T) {
	for name, fault := range map[string]*botapi.Fault{
		"502 HTML": botapi.Down(502), "404 HTML": botapi.Down(404), "garbage": botapi.Garbage(), "cut": botapi.CutBefore(),
		"cut after": botapi.CutAfter(), "429": botapi.TooMany(time.Second), "no list": botapi.Raw(200, "application/json", `{"ok":true,"result":{}}`),
		"500": botapi.Refused(&botapi.Refusal{Code: 500, Description: "Internal Server Error"}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.srv.Fail("getUpdates", 1, fault)
			r.leo.Says("help")
			r.start()
			r.answered(r.leo.Seat, 1)
			r.logged("Telegram answers again")
			r.settle()
			if got := r.leo.Screen().FromBot(); len(got) != 1 {
				t.Errorf("answered %d times", len(got))
			}
		})
	}
}

// A token that Telegram does not know is the end, whether that is so at first or later.
func TestRefusedToken(t *testing.T) {
	for _, method := range []string{"getMe", "getUpdates"} {
		for _, code := range []int{401, 404} {
			t.Run(fmt.Sprint(method, " ", code), func(t *testing.T) {
				r := newRig(t)
				r.srv.Fail(method, 1, botapi.Refused(&botapi.Refusal{Code: code, Description: "Unauthorized: " + botapi.Token}))
				ended := make(chan error, 1)
				go func() { ended <- r.chat.Run(t.Context()) }()
				select {
				case err := <-ended:
					if core.KindOf(err) != core.BadKey || core.HintOf(err).Empty() || strings.Contains(err.Error(), canary) {
						t.Errorf("ended with %v", err)
					}
				case <-time.After(5 * time.Second):
					t.Error("it goes on")
				}
			})
		}
	}
}

func TestOfflineAtStart(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	r := newRig(t)
	r.cfg.APIURL = "http://" + address
	r.furnish()
	r.leo.Says("help")
	r.start()
	r.logged("can not be asked")
	if door := r.chat.Door(); door != "" {
		t.Errorf("the door is %q before the bot knows its name", door)
	}
	if l, err = net.Listen("tcp", address); err != nil {
		t.Skipf("somebody took the port: %v", err)
	}
	r.srv.Serve(l)
	r.answered(r.leo.Seat, 1)
	if door := r.chat.Door(); door != "https://t.me/"+botapi.BotName+"?start=" {
		t.Errorf("the door is %q", door)
	}
}

// stubborn is an inbox that can not be written for a while.
type stubborn struct {
	talk.Inbox
	left atomic.Int32
}

func (s *stubborn) Receive(ctx context.Context, chat core.Chat, messages []core.Message, offset string) error {
	if s.left.Add(-1) >= 0 {
		return errors.New("disk is full")
	}
	return s.Inbox.Receive(ctx, chat, messages, offset)
}

// Nothing is confirmed that is not in the inbox.
func TestInboxThatCanNotBeWritten(t *testing.T) {
	r := newRig(t)
	inbox := &stubborn{Inbox: r.books}
	inbox.left.Store(2)
	r.chat = telegram.New(r.cfg, telegram.Options{Talk: r.house.Talk, Inbox: inbox, Now: r.now, Log: r.house.Talk.Log})
	r.house.Talk.Chats = []talk.Chat{r.chat}
	r.leo.Says("help")
	r.start()
	r.await("the first failure", func() bool { return inbox.left.Load() == 1 })
	if n := len(r.srv.Waiting()); n == 0 {
		t.Error("an update was confirmed that is not in the inbox")
	}
	r.answered(r.leo.Seat, 1)
}

func TestManyUpdatesAreAnsweredOnceEach(t *testing.T) {
	r := newRig(t)
	for range 130 { // more than one poll brings
		r.leo.Says("settings")
	}
	r.start()
	r.answered(r.leo.Seat, 130)
	r.settle()
	if got := r.leo.Screen().FromBot(); len(got) != 130 {
		t.Errorf("answered %d times", len(got))
	}
}

func TestStopsWithinASecond(t *testing.T) {
	r := newRig(t)
	stop := r.start()
	r.srv.Await("the bot to poll", r.srv.Polling)
	r.srv.Fail("sendMessage", -1, botapi.Stalled())
	r.leo.Says("help")
	r.srv.AwaitCalls("sendMessage", 1)
	began := time.Now()
	if err := stop(); err != nil {
		t.Error(err)
	}
	if d := time.Since(began); d > time.Second {
		t.Errorf("stopped after %v", d)
	}
}

// A press whose answer fails is answered by the next try.
func TestPressIsAnsweredThoughAProxyFails(t *testing.T) {
	r := newRig(t)
	r.start()
	r.leo.Says("signout leo's phone")
	question := r.answered(r.leo.Seat, 1)
	r.srv.Fail("answerCallbackQuery", 1, botapi.Down(502))
	r.leo.Presses(question.ID, "Keep it").Await()
	r.shows(r.leo.Seat, "nothing was done")
}
