export {
  handleRest as DELETE,
  handleRest as GET,
  handleRest as PATCH,
  handleRest as POST,
  handleRest as PUT,
} from "@/server/api/rest/router";
export const dynamic = "force-dynamic";
export const runtime = "nodejs";
