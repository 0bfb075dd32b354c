import { defineScenario, range, say } from 'msgplay';

export default defineScenario({
  name: 'http-request',
  title: 'HTTP: the client asks, the server answers, and nobody else may speak',
  lesson: 2,
  options: {
    requests: { type: 'integer', default: 2, min: 2, max: 50, help: 'how often the client asks for the price' },
    cookie: { type: 'flag', help: 'the client keeps the cookie that the shop sets, and shows it when it asks again' },
  },
  needs: [],
  about: ({ requests, cookie }) =>
    cookie
      ? say`requests: ${requests} · the client shows its cookie`
      : say`requests: ${requests} · the client keeps no cookie`,

  async run(lab, { requests, cookie }) {
    let price = 5;
    const visits: string[] = [];
    const rows: [number, string, number][] = [];
    const shop = await lab.serve('shop', async (request) => {
      if (request.method === 'PUT') {
        price = Number(await request.text());
        return new Response(null, { status: 204 });
      }
      const shown = request.headers.get('cookie') ?? '';
      const visitor = shown.replace('visitor=', '') || `v${visits.length + 1}`;
      visits.push(visitor);
      const visit = visits.filter((one) => one === visitor).length;
      rows.push([visits.length, shown || '-', visit]);
      return Response.json({ price, visit }, { headers: { 'Set-Cookie': `visitor=${visitor}` } });
    });
    const [client, owner] = [await shop.url('client'), await shop.url('owner')];
    let kept = '';
    const ask = async (): Promise<{ price: number; visit: number }> => {
      const response = await fetch(`${client}/price`, { headers: kept === '' ? {} : { Cookie: kept } });
      if (cookie) kept = response.headers.getSetCookie()[0] ?? '';
      return (await response.json()) as { price: number; visit: number };
    };

    await lab.step('The client asks for the price, and the shop answers');
    let last = await ask();
    lab.check('a request has one response', last.price === 5 && visits.length === 1, say`the price is ${last.price}`);

    const hears = { yes: 'yes: its connection is still open', no: 'no', later: 'yes, a moment later' };
    const heard = await lab.predict('The price is about to change at the shop. Will the client hear of it?', hears);
    await lab.step('The owner changes the price; the client asks nothing');
    const before = lab.traffic('client').fromServerBytes;
    await fetch(`${owner}/price`, { method: 'PUT', body: '6' });
    const unasked = lab.traffic('client').fromServerBytes - before;
    const why = say`the shop sent the client ${unasked} bytes: an HTTP server may only answer, never begin`;
    heard.answer(unasked === 0 ? 'no' : 'yes', why);
    lab.check('the server sends nothing unasked', unasked === 0, say`${unasked} bytes`);

    const question = cookie
      ? 'The client asks again, and shows the cookie that it was given. What does the shop know of it?'
      : 'The client asks again on the same connection. What does the shop know of it?';
    const memory = await lab.predict(question, {
      stranger: 'nothing: each request stands for itself',
      known: 'that this client has asked before, as its cookie says so',
      connection: 'that this client has asked before, as it is the same connection',
    });
    await lab.step('The client asks again');
    for (const _ of range(2, requests)) last = await ask();
    const told = say`for the shop it was visit ${last.visit} of that visitor; HTTP keeps nothing from one request to the next: here only a cookie tells who asks`;
    memory.answer(last.visit > 1 ? 'known' : 'stranger', told);
    const columns = ['request', 'cookie that it showed', 'visit of that visitor'];
    lab.table({ title: 'What the shop knew of each request for the price', columns, rows });
    lab.check('who asks again gets the new price', last.price === 6, say`the price is ${last.price}`);
    if (cookie) lab.check('a cookie tells the server who asks', last.visit === requests, say`visit ${last.visit}`);
    else lab.check('without a cookie every request comes from a stranger', last.visit === 1, say`visit ${last.visit}`);
  },
});
