import { NotFoundView } from "./components/frame/not-found-view";

/** A path that leads nowhere. */
export default function NotFound() {
  return (
    <main className="grid min-h-dvh place-items-center">
      <NotFoundView />
    </main>
  );
}
