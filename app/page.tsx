import { redirect } from "next/navigation";

/** The first page is the runs list. */
export default function Home() {
  redirect("/runs");
}
