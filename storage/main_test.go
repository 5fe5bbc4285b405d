package storage_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"latchstring/core"
	"latchstring/storage"
)

// The tests that kill a process run the test binary itself as that process; it works as asked until it is killed.
const (
	workerVar = "LATCHSTRING_STORAGE_WORKER"
	pathVar   = "LATCHSTRING_STORAGE_PATH"
)

func TestMain(m *testing.M) {
	switch os.Getenv(workerVar) {
	case "":
		os.Exit(m.Run())
	case "acts":
		work(os.Getenv(pathVar))
	case "holds":
		hold(os.Getenv(pathVar))
	case "migrates":
		migrate(os.Getenv(pathVar))
	}
}

func workerConfig(path string) storage.Config {
	return storage.Config{Path: path, Now: time.Now, Random: zero{}, Log: discard()}
}

// work begins and ends actions in eight goroutines and prints each that is acknowledged, as "begun id" and "saved id".
func work(path string) {
	s, err := storage.Open(context.Background(), workerConfig(path))
	if err != nil {
		fmt.Println("fault", err)
		os.Exit(1)
	}
	for g := range 8 {
		go func() {
			for i := 0; ; i++ {
				id := core.ActionID(fmt.Sprintf("%d-%d-%d", os.Getpid(), g, i))
				a := core.Action{
					ID: id, Act: core.SignOut, Actor: "marta", Service: "jellyfin", State: core.Executing, Outcome: core.Open, Started: time.Now(),
					Targets: []core.Target{{Ref: core.DeviceRef{Service: "jellyfin", ID: core.DeviceID(id)}}},
				}
				e := core.Entry{At: time.Now(), Actor: "marta", Act: core.SignOut, Step: core.Requested, Action: id}
				acknowledge("begun", id, s.Begin(context.Background(), a, core.Taking{}, []core.Entry{e}, nil))
				a.Version, a.State, a.Outcome = 1, core.Ended, core.Gone
				e.Step = core.Concluded
				d := core.Delivery{ID: core.DeliveryID(id), Key: string(id), To: "marta", News: core.NewsAction, Subject: string(id)}
				acknowledge("saved", id, s.Save(context.Background(), a, []core.Entry{e}, []core.Delivery{d}))
			}
		}()
	}
	select {}
}

func acknowledge(what string, id core.ActionID, err error) {
	if err != nil {
		fmt.Println("fault", err)
		os.Exit(1)
	}
	fmt.Println(what, id)
}

// hold opens the database, says so, and keeps it open.
func hold(path string) {
	if _, err := storage.Open(context.Background(), workerConfig(path)); err != nil {
		fmt.Println("fault", err)
		os.Exit(1)
	}
	fmt.Println("open")
	select {}
}

// migrate begins a step that never comes to its end.
func migrate(path string) {
	fmt.Println("open")
	_, err := storage.Open(context.Background(), workerConfig(path).WithSteps(endless()))
	fmt.Println("fault", err)
	os.Exit(1)
}
