export { handleTrpc as GET, handleTrpc as POST } from "@/server/api/trpc/handler";
export const dynamic = "force-dynamic";
export const runtime = "nodejs";
