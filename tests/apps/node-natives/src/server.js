import express from 'express';
import Database from 'better-sqlite3';
import bcrypt from 'bcrypt'; import argon2 from 'argon2'; import sharp from 'sharp'; import bufferutil from 'bufferutil';
const db = new Database(':memory:'); db.exec('create table t(a)'); db.prepare('insert into t values (?)').run(42);
const app = express();
app.get('/', async (req, res) => {
  const b = await bcrypt.hash('x', 4); const a = await argon2.hash('x');
  const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } }).png().toBuffer();
  res.json({ db: db.prepare('select a from t').get().a, b: await bcrypt.compare('x', b), a: await argon2.verify(a, 'x'), png: png.length > 50, bu: typeof bufferutil.mask });
});
app.listen(process.env.PORT || 3000);
