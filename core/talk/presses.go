package talk

import (
	"context"

	"latchstring/core"
)

// pressing does what a kind of button means.
type pressing func(u *turn, ctx context.Context, o core.Offer) Reply

// with is a pressing of a button that carries args.
func with[T any](do func(u *turn, ctx context.Context, o core.Offer, args T) Reply) pressing {
	return func(u *turn, ctx context.Context, o core.Offer) Reply {
		var args T
		if err := decode(o, &args); err != nil {
			return u.failed(err)
		}
		return do(u, ctx, o, args)
	}
}

// presses says what each kind of button does.
func presses() map[string]pressing {
	decide := with(func(u *turn, ctx context.Context, o core.Offer, a actionArgs) Reply {
		return u.decide(ctx, o.ID, a.Action, o.Kind == kindApprove)
	})
	endByHand := with(func(u *turn, ctx context.Context, o core.Offer, a actionArgs) Reply {
		return u.endByHand(ctx, o.ID, a.Action, o.Kind == kindDone)
	})
	except := with(func(u *turn, ctx context.Context, o core.Offer, a caseArgs) Reply {
		return u.except(ctx, a.Case, o.Kind == kindExceptPlace)
	})
	pass := with(func(u *turn, ctx context.Context, o core.Offer, a passArgs) Reply { return u.pressPass(ctx, o, a.Pass) })
	invited := with(func(u *turn, ctx context.Context, o core.Offer, a invitedArgs) Reply {
		return u.decideInvite(ctx, o, a, o.Kind == kindIsMember)
	})
	ofCase := with((*turn).pressCase)
	return map[string]pressing{
		kindSignOut: with(func(u *turn, ctx context.Context, o core.Offer, a signOutArgs) Reply {
			return u.askSignOut(ctx, o.ID, a.Want)
		}),
		kindConfirm: with(func(u *turn, ctx context.Context, o core.Offer, a signOutArgs) Reply { return u.signOut(ctx, o.ID, a) }),
		kindKeep: with(func(u *turn, ctx context.Context, _ core.Offer, a signOutArgs) Reply {
			return u.chooseKept(ctx, a.Want)
		}),
		kindAsk: with(func(u *turn, ctx context.Context, o core.Offer, a signOutArgs) Reply {
			return u.askOwnersToSignOut(ctx, o.ID, a.Want)
		}),

		kindReset: with(func(u *turn, ctx context.Context, o core.Offer, a resetArgs) Reply { return u.askReset(ctx, o.ID, a) }),
		kindStart: with(func(u *turn, ctx context.Context, o core.Offer, a resetArgs) Reply { return u.startReset(ctx, o.ID, a) }),
		kindAskReset: with(func(u *turn, ctx context.Context, o core.Offer, a resetArgs) Reply {
			return u.askOwnersToReset(ctx, o.ID, a)
		}),

		kindApprove: decide, kindDeny: decide, kindDone: endByHand, kindNotDone: endByHand,
		kindTomorrow: with(func(u *turn, ctx context.Context, o core.Offer, a actionArgs) Reply {
			return u.postpone(ctx, o.ID, a.Action)
		}),
		kindLook: with(func(u *turn, ctx context.Context, _ core.Offer, a actionArgs) Reply {
			return u.lookAgain(ctx, a.Action)
		}),
		kindNever: (*turn).close,

		kindOurs: ofCase, kindNotOurs: ofCase, kindCaseOut: ofCase, kindCaseLater: ofCase, kindCaseShow: ofCase,
		kindExceptDevice: except, kindExceptPlace: except,
		kindAskAgain: with(func(u *turn, ctx context.Context, _ core.Offer, a exceptArgs) Reply {
			return u.askAgain(ctx, a.Exception)
		}),
		kindPassEnd: pass, kindPassNot: pass,

		kindIsMember: invited, kindIsStranger: invited,
		kindUnlink: with(func(u *turn, ctx context.Context, o core.Offer, a unlinkArgs) Reply { return u.unlink(ctx, o, a.Link) }),

		kindStepOn: with((*turn).pressStep), kindStepHow: with((*turn).pressStep), kindStepLater: with((*turn).pressStep),
		kindLink: with(func(u *turn, ctx context.Context, _ core.Offer, n notice) Reply { return u.showLink(ctx, n) }),

		kindPlea: (*turn).pressPlea, kindSoon: (*turn).pressPlea, kindFinished: (*turn).pressPlea,
		kindStop: (*turn).pressStop, kindStopNow: (*turn).pressStop,
	}
}
