"use client";
import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import { NewRunDialog } from "./new-run-dialog";

interface NewRun {
  /** Opens the dialog, with a template chosen already when one is given. */
  open: (templateId?: string) => void;
}

const NewRunContext = createContext<NewRun | null>(null);

/** Lets every page open the New run dialog. */
export function NewRunProvider({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const [templateId, setTemplateId] = useState<string | null>(null);
  const api = useMemo<NewRun>(
    () => ({
      open: (id) => {
        setTemplateId(id ?? null);
        setOpen(true);
      },
    }),
    [],
  );
  return (
    <NewRunContext.Provider value={api}>
      {children}
      <NewRunDialog key={templateId} open={open} onOpenChange={setOpen} templateId={templateId} />
    </NewRunContext.Provider>
  );
}

/** The New run dialog of this page. */
export function useNewRun(): NewRun {
  const api = useContext(NewRunContext);
  if (!api) throw new Error("useNewRun needs a NewRunProvider above it");
  return api;
}
