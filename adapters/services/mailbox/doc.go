// Package mailbox is the connector of services that have no API: it joins Netflix and its like by the notices that they mail.
//
// A [Mailbox] is read by IMAP and never changed: it is opened with EXAMINE, mails are fetched with PEEK, and nothing is marked,
// moved or deleted. Of each mail since 90 days the sender is looked at, and of those from a service of the config the first MB is
// read. New mails are told by IDLE, which is begun anew every nine minutes, or else looked for every so often. Mails are
// fetched and read one after the other, so a large mailbox takes time and not memory; what is kept is the notices of 90 days, at
// most 2,000 that are vouched for and 200 that are not.
//
// What a service is known by, and what its mails mean, is in package notice; who vouches for a mail, in package letter. A device
// here is what a notice of the last 90 days told of: it may be signed out since, and what no mail was sent about is
// not there. What the service lets no program do is told as steps for a person.
//
// A cursor says for each mailbox up to which mail its notices were told. It is good after a restart; where the mailbox has been
// made anew, so that its numbers mean other mails, the notices of the last two days before are looked through again, and
// those that the cursor remembers are passed over.
package mailbox
