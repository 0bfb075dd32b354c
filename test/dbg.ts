import { play } from './story/random/rabbitmq/play.ts';
import { judge } from './story/random/rabbitmq/judge.ts';
import { worded } from '../src/core/statements/index.ts';
const base: any = { exchanges: [], bindings: [], version: '1.2', losesLastWords: false, ending: 'orderly' };
const A=(at:string, op:any, pace='answered')=>({ at, channel: 1, op, pace });
const S=(at:string, stomp:any, pace='answered')=>({ at, stomp, pace });
const pub=(key:string, body:string)=>({ do:'publish', exchange:'', key, body, properties:{} });
const P: any = {
 B: { ...base, isAwaited: true, queues:[{maxLength:1, overflow:'reject-publish'}], steps:[A('c1',pub('q1','a')), S('s1',{do:'SEND',destination:'/amq/queue/q1',body:'b'}), A('c1',{do:'consume',queue:'q1',tag:'t1'}), A('c2',pub('q1','b'))] },
 G: { ...base, isAwaited: false, queues:[{},{},{}], steps:[A('c3',{do:'get',queue:'q3'}), S('s1',{do:'SEND',destination:'/amq/queue/q3',body:'a'},'sent'), S('s1',{do:'SEND',destination:'/queue/q3',body:'a'},'sent'), A('c3',pub('q3','a'),'sent'), A('c3',{do:'consume',queue:'q3',tag:'t2'})] },
};
const p = P[process.argv[2]!];
const e: any = await play(p);
for (const x of e.told) console.log(x.frames?.[0], x.type==='message' ? [x.id, ...(x.among??[])].join('|')+' '+x.stage+' '+x.peer+' ['+x.route+'] '+(x.reason?worded(x.reason):'') : x.peer+': '+(x.statement?worded(x.statement):x.text));
console.log([...e.fates].map(([k,f]:any)=>k+' '+f.kind+' '+(f.reason?worded(f.reason):'')).join('\n'));
console.log(judge(p, e).map((v:any)=>v.rule+': '+v.text).join('\n'));
