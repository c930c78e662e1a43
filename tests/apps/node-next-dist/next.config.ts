import type { NextConfig } from 'next';
const nextConfig: NextConfig = { distDir: 'build', reactStrictMode: true };
export default nextConfig;
