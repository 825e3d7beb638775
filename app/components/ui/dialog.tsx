"use client";
import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";

interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: string;
  children: ReactNode;
  width?: string;
}

/** A modal with a title; Escape and the cross close it. */
export function Dialog({ open, onOpenChange, title, description, children, width = "max-w-lg" }: DialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade bg-black/45 backdrop-blur-[1px]" />
        <Radix.Content
          {...(description ? {} : { "aria-describedby": undefined })}
          className={`fixed top-[12vh] left-1/2 z-50 max-h-[80vh] w-[calc(100vw-2rem)] ${width} -translate-x-1/2 animate-fade overflow-y-auto rounded-xl border border-line bg-raised shadow-float`}
        >
          <header className="flex items-start gap-4 px-5 pt-4 pb-1">
            <div className="min-w-0 flex-1">
              <Radix.Title className="text-base font-semibold">{title}</Radix.Title>
              {description ? (
                <Radix.Description className="mt-0.5 text-sm text-muted">{description}</Radix.Description>
              ) : null}
            </div>
          </header>
          <div className="px-5 pt-3 pb-5">{children}</div>
          {/* Last in the document, so that opening puts the focus on what the dialog is about. */}
          <Radix.Close
            aria-label="Close"
            className="absolute top-3.5 right-4 grid size-7 place-items-center rounded-md text-muted hover:bg-hover hover:text-fg"
          >
            <X size={16} />
          </Radix.Close>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
