import { FieldError, Input, Label, Text, TextArea, TextField } from 'react-aria-components'

interface FieldProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly hint?: string
  readonly error?: string | undefined
  readonly type?: string
  readonly isLong?: boolean
  readonly isRequired?: boolean
  readonly autoComplete?: string
}

/** A labelled field with what is wrong in it. */
export function Field({
  label,
  value,
  onChange,
  hint,
  error,
  type = 'text',
  isLong,
  isRequired,
  autoComplete,
}: FieldProps) {
  return (
    <TextField
      className="field"
      value={value}
      onChange={onChange}
      type={type}
      isInvalid={error !== undefined}
      isRequired={isRequired ?? false}
      validationBehavior="aria"
      {...(autoComplete === undefined ? {} : { autoComplete })}
    >
      <Label>{label}</Label>
      {isLong ? <TextArea spellCheck="false" /> : <Input />}
      {hint !== undefined && (
        <Text slot="description" className="muted small">
          {hint}
        </Text>
      )}
      <FieldError className="error">{error}</FieldError>
    </TextField>
  )
}
