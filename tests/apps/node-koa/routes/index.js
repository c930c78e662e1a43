const { Router } = require('@koa/router');
const ejs = require('ejs'); const path = require('path');
const router = new Router();
router.get('/', async (ctx) => { ctx.body = await ejs.renderFile(path.join(__dirname, '../views/index.ejs'), { title: 'koa works' }); });
module.exports = router;
