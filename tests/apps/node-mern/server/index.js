const express = require('express');
const path = require('path');
const app = express();
app.use(express.json());
app.get('/api/health', (req, res) => res.json({ ok: true, env: process.env.NODE_ENV }));
app.use(express.static(path.join(__dirname, '../client/dist')));

app.get('/{*any}', (req, res) => res.sendFile(path.join(__dirname, '../client/dist', 'index.html')));
const port = process.env.PORT || 3000;
app.listen(port, () => console.log(`listening on ${port}`));
