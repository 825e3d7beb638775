import { launch } from "./launch.mjs";
import { runMain } from "./shutdown.mjs";

await runMain(() => launch("dev"));
