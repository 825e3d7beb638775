"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Boxes } from "lucide-react";
import { useRouter } from "next/navigation";
import type { TemplateCard } from "@/server/read/templates-page";
import { useTeamChanges } from "../../components/frame/live-provider";
import { PageHead } from "../../components/frame/page-head";
import { useListKeys } from "../../components/frame/use-list-keys";
import { useTRPC } from "../../components/trpc/providers";
import { CodeBlock } from "../../components/ui/code-block";
import { EmptyState } from "../../components/ui/empty-state";
import { TemplateRow } from "./template-row";

const FIRST_TEMPLATE = [
  "name: Hello",
  "steps:",
  "  greet:",
  "    run: echo hello",
  "  shout:",
  "    needs: greet",
  "    run: echo HELLO",
].join("\n");

/** The templates by name, with how their last runs went. */
export function TemplatesView({ first }: { first: TemplateCard[] }) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const options = trpc.screens.templates.queryOptions(undefined, { initialData: first });
  const { data: templates } = useQuery(options);
  useTeamChanges(() => void queryClient.invalidateQueries({ queryKey: options.queryKey }));
  const list = useListKeys(templates.length, (index) => {
    const template = templates[index];
    if (template) router.push(`/templates/${template.id}`);
  });
  return (
    <div className="mx-auto w-full max-w-6xl px-4 py-6 md:px-8">
      <PageHead title="Templates" note="A template is a workflow that can be run again and again." />
      <div className="overflow-hidden rounded-xl border border-line bg-raised shadow-card">
        {templates.length === 0 ? (
          <EmptyState icon={<Boxes size={20} />} title="No templates yet">
            <p>Save this as hello.yaml, then run it with the command below: it becomes your first template.</p>
            <div className="space-y-3 text-left">
              <CodeBlock label="hello.yaml" text={FIRST_TEMPLATE} />
              <CodeBlock label="In a checkout of Switchyard" text="npm run example -- hello.yaml" />
            </div>
          </EmptyState>
        ) : (
          <ul aria-label="Templates">
            {templates.map((template, index) => (
              <TemplateRow
                key={template.id}
                template={template}
                current={index === list.current}
                rowRef={list.rowRef(index)}
              />
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
