/** The looks of the page: light and dark by the reader's choice, and never by colour alone. */
export const STYLE = `
:root{color-scheme:light dark;--paper:light-dark(#fff,#0d1117);--raised:light-dark(#f6f8fa,#161b22);--ink:light-dark(#1f2328,#e6edf3);
--dim:light-dark(#59636e,#9198a1);--line:light-dark(#d1d9e0,#3d444d);--good:light-dark(#1a7f37,#3fb950);--bad:light-dark(#cf222e,#f85149);
--again:light-dark(#9a6700,#d29922);--server:light-dark(#0969da,#58a6ff);--mark:light-dark(#fff8c5,#3b2e00);--row:24px}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:14px/1.45 system-ui,"Noto Sans CJK KR",sans-serif;display:flex;flex-direction:column;height:100vh}
header,.bar{padding:8px 16px;border-bottom:1px solid var(--line);display:flex;gap:12px;align-items:center;flex-wrap:wrap}
h1{font-size:16px;margin:0}h2{font-size:13px;margin:16px 0 6px;color:var(--dim);text-transform:uppercase;letter-spacing:.04em}
button,select,input{font:inherit;color:inherit;background:var(--raised);border:1px solid var(--line);border-radius:6px;padding:3px 8px}
button[aria-pressed=true]{border-color:var(--server);font-weight:600}
:focus-visible{outline:2px solid var(--server);outline-offset:1px}
main{flex:1;display:grid;grid-template-columns:minmax(0,1fr) 380px;min-height:0}
.flow{display:flex;flex-direction:column;min-width:0;min-height:0}.heads,.rows{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,"Noto Sans Mono CJK KR",monospace}
.heads{position:relative;height:30px;border-bottom:1px solid var(--line);overflow:hidden;flex:none}.heads span{position:absolute;top:6px;transform:translateX(-50%);font-weight:700;white-space:nowrap}
.heads .server{color:var(--server)}.scroll{overflow:auto;flex:1;position:relative}.rows{position:relative}
.row{position:absolute;left:0;height:var(--row);line-height:var(--row);white-space:nowrap;cursor:pointer}.row svg{position:absolute;left:0;top:0;overflow:visible}
.row:hover{background:var(--raised)}.row[aria-selected=true]{background:var(--mark)}.row.off{opacity:.25}
.time{position:absolute;left:0;width:74px;text-align:right;color:var(--dim)}
.say{position:absolute;background:var(--paper);padding:0 3px;overflow:hidden;text-overflow:ellipsis}
.row[aria-selected=true] .say{background:var(--mark)}.row.step .say{font-weight:700;left:8px;background:none}.row.check .say{left:8px;background:none}
.good{color:var(--good)}.bad{color:var(--bad);font-weight:700}.again{color:var(--again);font-weight:700}
.life{stroke:var(--line)}.life.server{stroke:var(--server);stroke-width:3}.arrow{stroke:currentColor;fill:none}.arrow.bad{stroke-dasharray:5 3}.tip{fill:currentColor}
aside{border-left:1px solid var(--line);overflow:auto;padding:4px 16px 24px;background:var(--raised)}
aside pre{white-space:pre-wrap;overflow-wrap:anywhere;font:12px ui-monospace,monospace;background:var(--paper);border:1px solid var(--line);border-radius:6px;padding:8px;margin:4px 0}
table{border-collapse:collapse;font-size:13px}td,th{padding:2px 10px 2px 0;text-align:left;vertical-align:top}td.n{text-align:right}
ul{margin:0;padding-left:18px}.chart{width:100%;height:90px;background:var(--paper);border:1px solid var(--line);border-radius:6px}.chart rect,.chart circle{fill:var(--server)}
.net{width:100%}.net text{font:12px system-ui;fill:var(--ink)}.net line{stroke:var(--dim)}.net circle{fill:var(--raised);stroke:var(--dim)}.net circle.server{stroke:var(--server);stroke-width:3}
.badge{border-radius:10px;padding:1px 10px;border:1px solid currentColor;font-weight:600}.dim{color:var(--dim)}
@media (max-width:900px){main{grid-template-columns:1fr;grid-template-rows:60% 40%}aside{border-left:0;border-top:1px solid var(--line)}}
`;
