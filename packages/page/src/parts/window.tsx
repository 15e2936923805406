import type { ReactNode } from 'react'
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { t } from '../texts/index.ts'

interface WindowProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ReactNode
}

/** A dialog over the page; Escape closes it. */
export function Window({ title, onClose, children }: WindowProps) {
  return (
    <ModalOverlay className="scrim" isOpen isDismissable onOpenChange={(isOpen) => isOpen || onClose()}>
      <Modal className="dialog">
        <Dialog>
          <div className="row">
            <Heading slot="title" level={2} className="grow">
              {title}
            </Heading>
            <Button className="button plain" onPress={onClose} aria-label={t.common.close}>
              ✕
            </Button>
          </div>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
