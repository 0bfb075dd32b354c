/** Where the embedded RabbitMQ is not the real one, and why. Each is told in the compatibility table. */
export const DIFFERENCES: readonly { readonly what: string; readonly why: string }[] = [
  {
    what: 'Streams have no filters (`x-stream-filter` is refused) and no protocol of their own; an offset by time, and `last`, are exact to the message, where the real one goes by chunks.',
    why: 'A chunk is what happened to be written together.',
  },
  {
    what: 'A failed tuning ends the connection at once, the real one waits three seconds first.',
    why: 'The wait keeps off strangers; there are none on a loopback address.',
  },
  {
    what: 'After `connection.close-ok` the server ends the connection, the real one leaves that to the client.',
    why: 'Nobody can see the difference but by waiting.',
  },
  {
    what: 'Everything is kept in memory. `x-queue-mode`, `x-queue-version` and the arguments of quorum queues about memory and replicas are checked and have no effect.',
    why: 'There is one node and no disk. A restart by the lab keeps what a real restart would keep.',
  },
  {
    what: 'Confirms come as soon as every queue took the message; dead letters arrive before the next answer.',
    why: 'The real one has a process for each queue, so there the moment is a matter of luck.',
  },
  {
    what: 'There is no limit to how long a message may be held unacknowledged; the real one closes the channel after 30 minutes.',
    why: 'A playground does not run that long.',
  },
  {
    what: 'No TLS, policies, topic permissions, management, federation, shovels, clusters or other protocols.',
    why: 'Beyond what a test suite or a playground asks of its broker.',
  },
];
