export { handleAuth as GET, handleAuth as POST } from "@/server/api/auth-handler";
export const dynamic = "force-dynamic";
export const runtime = "nodejs";
