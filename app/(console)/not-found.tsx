import { NotFoundView } from "../components/frame/not-found-view";

/** Hidden and missing say the same. */
export default function NotFound() {
  return <NotFoundView />;
}
