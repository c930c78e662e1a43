import { createRoot } from 'react-dom/client'
import { BrowserRouter, Link, Route, Routes } from 'react-router-dom'

const site = import.meta.env.VITE_SITE ?? 'frost'

createRoot(document.getElementById('root')).render(
  <BrowserRouter>
    <nav>
      <Link to="/">home</Link> <Link to="/depth">depth</Link>
    </nav>
    <Routes>
      <Route path="/" element={<h1>hello from {site}</h1>} />
      <Route path="/depth" element={<h1>frost depth</h1>} />
      <Route path="*" element={<h1>no such route</h1>} />
    </Routes>
  </BrowserRouter>,
)
