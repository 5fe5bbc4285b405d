package discord_test

import (
	"strings"
	"testing"
	"time"

	"latchstring/adapters/chats/discord/discordapi"
	"latchstring/core"
)

// answers wants the chat to be there.
func (r *rig) answers() {
	r.t.Helper()
	r.offered()
	asked := r.leo.In(r.room).Uses("/help", nil)
	if shown := asked.AwaitMessage(); !strings.Contains(read(shown), "This is what you can say") {
		r.t.Errorf("answered %+v", shown)
	}
}

// Whatever the gateway does while a session begins, the chat gets there in the end.
func TestConnectsInSpiteOfTheGateway(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		at    discordapi.Moment
		twist *discordapi.Twist
	}{
		{"op 7 in place of READY", discordapi.OnIdentify, discordapi.Reconnect()}, // the library hangs in this
		{"op 9 in place of READY", discordapi.OnIdentify, discordapi.Invalid(false)},
		{"silence before HELLO", discordapi.OnHello, discordapi.Silence()},
		{"silence after the upgrade", discordapi.OnUpgrade, discordapi.Nothing()},
		{"silence after IDENTIFY", discordapi.OnIdentify, discordapi.Silence()},
		{"op 7 right after READY", discordapi.AfterReady, discordapi.Reconnect()},
		{"cut", discordapi.OnIdentify, discordapi.Cut()},
		{"no gateway", discordapi.OnUpgrade, discordapi.Unavailable(503)},
		{"no JSON", discordapi.OnHello, discordapi.Text("{")},
		{"closed for now", discordapi.OnIdentify, discordapi.Close(4000)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.srv.Twists(tt.at, 1, tt.twist)
			r.start()
			r.answers()
		})
	}
}

// Whatever becomes of a connection that stood, there is one again.
func TestConnectionHeals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		happens func(*rig)
		resumes int
	}{
		{"op 7", func(r *rig) { r.srv.Reconnects() }, 1},
		{"dropped", func(r *rig) { r.srv.Drops() }, 1},
		{"closed", func(r *rig) { r.srv.Closes(4000) }, 0}, // the library answers with a close that ends the session
		{"half open", func(r *rig) { r.srv.FallsSilent() }, 0},
		{"op 9", func(r *rig) { r.srv.Invalidates(false) }, 0},
		{"op 9 after a resume", func(r *rig) { r.srv.ForgetsSessions(); r.srv.Drops() }, 0},
		{"silence after a resume", func(r *rig) {
			r.srv.Twists(discordapi.OnResume, 1, discordapi.Silence())
			r.srv.Drops()
		}, 0},
		{"op 7 after a resume", func(r *rig) {
			r.srv.Twists(discordapi.OnResume, 1, discordapi.Reconnect())
			r.srv.Drops()
		}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.chat.Hurry(3*time.Second, 1500*time.Millisecond, 10*time.Millisecond)
			r.srv.HeartbeatEvery(400 * time.Millisecond)
			r.start()
			r.answers()
			before := len(r.srv.Identifies())
			tt.happens(r)
			r.srv.Await("a connection", func() bool {
				return r.srv.Connected() && r.srv.Resumes()+len(r.srv.Identifies())-before > 0
			})
			r.answers()
			if r.srv.Resumes() < tt.resumes {
				t.Errorf("resumed %d times, want %d", r.srv.Resumes(), tt.resumes)
			}
			for _, bad := range r.srv.Forgive() {
				// After op 9 the library's first heartbeat may still tell where the old session was, which Discord passes over.
				if !strings.Contains(bad, "a heartbeat tells") {
					t.Error(bad)
				}
			}
		})
	}
}

// What no waiting heals is told, and not tried again.
func TestFatalClosesEndTheChat(t *testing.T) {
	t.Parallel()
	for _, code := range []int{4004, 4010, 4013, 4014} {
		r := newRig(t)
		r.srv.Twists(discordapi.OnIdentify, -1, discordapi.Close(code))
		stopped := make(chan error, 1)
		go func() { stopped <- r.chat.Run(t.Context()) }()
		select {
		case err := <-stopped:
			if core.TextOf(err).Empty() {
				t.Errorf("%d: ended with %v", code, err)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%d: it goes on", code)
		}
		if n := len(r.srv.Identifies()); n != 1 {
			t.Errorf("%d: identified %d times", code, n)
		}
	}
}

// A token that is reset while the chat runs ends it with a sentence.
func TestResetTokenEndsTheChat(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	stop := r.start()
	r.srv.ResetsToken()
	r.await("the end", func() bool { return strings.Contains(r.log.String(), "resuming") })
	time.Sleep(2 * time.Second)
	if err := stop(); core.KindOf(err) != core.BadKey {
		t.Errorf("ended with %v", err)
	}
}

// Sessions are counted over restarts, and the bound is kept.
func TestSessionsAreBudgeted(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	stop := r.start()
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	kept, err := r.books.Offset(t.Context(), core.Discord)
	if err != nil || !strings.HasSuffix(kept, "/1") {
		t.Fatalf("on record is %q, %v", kept, err)
	}
	r.restart()
	r.chat.Spend(300)
	if err := r.books.Receive(t.Context(), core.Discord, nil, strings.TrimSuffix(kept, "1")+"300"); err != nil {
		t.Fatal(err)
	}
	stop = r.run(r.house.Courier.Run)
	r.logged("too many sessions")
	if err := stop(); err != nil {
		t.Error(err)
	}
	if n := len(r.srv.Identifies()); n != 1 {
		t.Errorf("identified %d times", n)
	}
}

func TestOnlyTheIntentForGuildsIsAsked(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start()
	for _, id := range r.srv.Identifies() {
		if id.Intents != 1 || id.Compress {
			t.Errorf("identified with %+v", id)
		}
	}
}
