// Writes npm-ranges.tsv: what npm's own range library says of ranges, fixed and random, and versions.
// node npm-ranges.js "$(npm root -g)/npm/node_modules/semver" npm-ranges.tsv
const semver=require(process.argv[2]);
const fs=require('fs');
let s=20261128; const rnd=n=>{s=(s+0x6D2B79F5)|0;let t=Math.imul(s^(s>>>15),1|s);t=(t+Math.imul(t^(t>>>7),61|t))^t;return ((t^(t>>>14))>>>0)%n};
const pick=a=>a[rnd(a.length)];
const V=[];for(const a of ['0.0.0','0.0.3','0.0.4','0.1.0','0.2.3','0.3.0','1.0.0','1.2.0','1.2.3','1.2.4','1.3.0','1.10.0','2.0.0','2.1.5','3.0.0','16.20.2','18.0.0','18.20.8','20.0.0','20.11.0','20.11.1','20.18.3','20.20.2','22.0.0','22.11.0','22.12.0','22.23.5','23.11.1','24.0.0','24.22.3','25.9.0','26.12.1','99.0.0'])V.push(a);
const num=()=>pick(['0','0','1','2','3','10','11','12','16','18','20','20','22','22','24','26']);
const wild=()=>pick(['x','X','*']);
const part=()=>{const r=rnd(12);const v=pick(['','','','','v','='])
 if(r<3)return v+num(); if(r<5)return v+num()+'.'+num(); if(r<9)return v+num()+'.'+num()+'.'+num(); if(r==9)return pick([wild(),num()+'.'+wild(),num()+'.'+num()+'.'+wild(),num()+'.'+wild()+'.'+wild()]);
 if(r==10)return v+num()+'.'+num()+'.'+num()+pick(['-rc.1','-alpha','-0','-beta-2.x']); return num()+'.'+num()+'.'+num()+'+build.1'};
const bl=()=>pick(['','','',' ','  ']);
const comp=()=>pick(['','','>=','>=','<','<=','>','^','^','~','~>','='])+bl()+part();
const set=()=>{const r=rnd(8); if(r==0)return part()+pick([' - ','  -  '])+part(); if(r<4)return comp(); if(r<7)return comp()+pick([' ','  ','   '])+comp(); return comp()+' '+comp()+' '+comp()};
const range=()=>{const r=rnd(6); if(r<4)return set(); if(r==4)return set()+pick(['||',' || ','  ||'])+set(); return set()+' || '+set()+' || '+set()};
const fixed=['','*','x','||',' ','>=22.0.0  <25.0.0','18 || 20','>=18 && <20','>=18,<20','banana','lts/*','1.2.3.4','^','>=','>=18<20','1.2.3 - 2','1.2 - 2.3.4','* - 2','>*','<*','>=*','<=*','^*','~*','^0.0','^0','^0.0.0','~0','=v22','>=v18','> =18','node','18 -20','18- 20','- 18','1.x.3','1.*.2','x.1','^1.2.x','~1.x','<1.x','>1.x','<=1.2.x','>=1.2.x','!1.2.3','01.2.3','1.02.3','latest','>=20.9.0 || >=18.17.0'];
const seen=new Set(); const out=[];
const row=r=>{if(seen.has(r))return;seen.add(r); let m; try{const R=new semver.Range(r); m=V.map(v=>R.test(v)?'1':'0').join('')}catch(e){m='no range'} out.push([r,m])};
fixed.forEach(row); while(out.length<900)row(range());
const hex=m=>m==='no range'?'-':BigInt('0b'+m).toString(16);
fs.writeFileSync(process.argv[3], '# '+V.join(' ')+'\n'+out.map(([r,m])=>hex(m)+'\t'+r).join('\n')+'\n');
