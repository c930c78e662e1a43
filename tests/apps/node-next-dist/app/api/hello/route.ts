export const dynamic = 'force-dynamic';
export function GET() { return Response.json({ msg: 'Hello World post greetings from locale' }); }
