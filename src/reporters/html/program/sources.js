// Where the pieces of runs come from: out of the page itself, or from the server that it came from.

/** The elements of the page that hold pieces, one after the other, so that the first are shown while others are unpacked. */
async function* fromPage() {
  for (const element of document.querySelectorAll('script[type="application/x-msgplay-pieces"]')) {
    const bytes = Uint8Array.from(atob(element.textContent), (character) => character.charCodeAt(0));
    element.remove();
    const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    yield (await new Response(unpacked).text()).trimEnd().split('\n');
  }
}

/** Calls `take` with pieces as they are unpacked; resolves when that was all. */
export async function readPage({ take }) {
  for await (const pieces of fromPage()) {
    take(pieces);
    // What has come is shown before the next is unpacked.
    await new Promise((resolve) => setTimeout(resolve));
  }
}

/** Calls `take` with pieces as they come from the server, and `tell` with how it goes. A browser connects again by itself. */
export function readServer({ take, tell }) {
  const stream = new EventSource('events');
  stream.addEventListener('open', () => tell('live'));
  // A browser that was refused does not try again.
  stream.addEventListener('error', () => tell(stream.readyState === EventSource.CLOSED ? 'ended' : 'lost'));
  let isAnew = false;
  const takeAll = ({ data }) => {
    if (data !== '') take(data.split('\n'), isAnew);
    if (data !== '') isAnew = false;
  };
  // What comes now is all there is, and not what follows on what the page has.
  stream.addEventListener('anew', (event) => {
    isAnew = true;
    takeAll(event);
  });
  stream.addEventListener('pieces', takeAll);
  stream.addEventListener('over', () => {
    stream.close();
    tell('ended');
  });
}
